/**
 * Shape rules of the single layers, without the batch axis.
 *
 * @module
 */
import { outputLength } from "../layers/mod.ts";
import { shapeText, sizeOf } from "../base/tensor.ts";
import { found } from "./found.ts";
import { checkSettings } from "./settings.ts";
import type { Axes, SingleLayer } from "./types.ts";

/** Where a window slides: its reach and step on both axes. */
export interface Sliding {
  /** [height, width] that the window covers, dilation included. */
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** Throws where `value` is no whole number of 1 or more. */
function count(value: unknown, field: string): number {
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw new RangeError(
      `expects ${field} of 1 or more, a whole number, but found ${
        found(value)
      }: set ${field}`,
    );
  }
  return value as number;
}

/** One number or a pair as [height, width]. */
export function axes(value: Axes, field: string): [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  if (!Array.isArray(both) || both.length !== 2) {
    throw new TypeError(
      `expects ${field} as a number or [height, width] but found ${
        found(value)
      }: write 3 or [3, 3]`,
    );
  }
  return [count(both[0], field), count(both[1], field)];
}

/** The window of a convolution, a pooling or a padded shortcut; else undefined. */
export function slidingOf(layer: SingleLayer): Sliding | undefined {
  if (layer.kind === "conv2d") {
    const { strides = 1, dilations = 1 } = layer;
    const kernel = axes(layer.kernelSize, "kernelSize");
    const [dh, dw] = axes(dilations, "dilations");
    return {
      size: [(kernel[0] - 1) * dh + 1, (kernel[1] - 1) * dw + 1],
      strides: axes(strides, "strides"),
      padding: padding(layer.padding),
    };
  }
  if (layer.kind === "maxPool2d" || layer.kind === "avgPool2d") {
    const { poolSize = 2, strides = poolSize } = layer;
    return {
      size: axes(poolSize, "poolSize"),
      strides: axes(strides, "strides"),
      padding: padding(layer.padding),
    };
  }
  if (layer.kind === "padShortcut") {
    const { strides = 1 } = layer;
    return {
      size: [1, 1],
      strides: axes(strides, "strides"),
      padding: "valid",
    };
  }
}

/** The padding, "valid" unless told. */
function padding(value: unknown = "valid"): "same" | "valid" {
  if (value !== "same" && value !== "valid") {
    throw new TypeError(
      `expects padding "same" or "valid" but found ${
        found(value)
      }: write one of the two`,
    );
  }
  return value;
}

/** The image [H, W, C] that a layer needs. */
function image(shape: readonly number[]): readonly number[] {
  if (shape.length !== 3) {
    throw new TypeError(
      `expects an image [H, W, C] but found ${
        shapeText(shape)
      }: put it before flatten and globalAvgPool2d`,
    );
  }
  return shape;
}

/** Height and width after a sliding window. */
function slide(
  shape: readonly number[],
  { size, strides, padding }: Sliding,
): [number, number] {
  const [height, width] = image(shape);
  if (padding === "valid" && (size[0] > height || size[1] > width)) {
    throw new RangeError(
      `expects a window that fits into the image but found a window ${
        shapeText(size)
      } on an image ${
        shapeText(shape)
      }: take a larger inputShape, a smaller window, padding "same", or fewer strides and poolings before it`,
    );
  }
  const along = (axis: 0 | 1) =>
    outputLength(shape[axis], {
      size: size[axis],
      stride: strides[axis],
      padding,
    });
  return [along(0), along(1)];
}

/**
 * Output shape of a layer for an input shape, both without the batch axis.
 *
 * @throws {TypeError} The input has the wrong number of axes, or the kind is unknown.
 * @throws {RangeError} A setting is out of range, or the window does not fit.
 */
export function singleShape(
  layer: SingleLayer,
  input: readonly number[],
): readonly number[] {
  checkSettings(layer);
  const sliding = slidingOf(layer);
  switch (layer.kind) {
    case "conv2d": {
      const filters = count(layer.filters, "filters");
      const { groups: given = 1 } = layer;
      const groups = count(given, "groups");
      const channels = image(input)[2];
      if (channels % groups !== 0 || filters % groups !== 0) {
        throw new RangeError(
          `expects groups that divide the ${channels} input channels and the ${filters} filters but found ${groups}: choose a common divisor`,
        );
      }
      return [...slide(input, sliding!), filters];
    }
    case "maxPool2d":
    case "avgPool2d":
      return [...slide(input, sliding!), input[2]];
    case "padShortcut": {
      const filters = count(layer.filters, "filters");
      const size = slide(input, sliding!);
      if (filters < input[2]) {
        throw new RangeError(
          `expects at least as many filters as the ${
            input[2]
          } input channels but found ${filters}: it can only append channels`,
        );
      }
      return [...size, filters];
    }
    case "dense":
      if (input.length !== 1) {
        throw new TypeError(
          `expects a flat input [units] but found ${
            shapeText(input)
          }: put flatten or globalAvgPool2d before it`,
        );
      }
      return [count(layer.units, "units")];
    case "globalAvgPool2d":
      return [image(input)[2]];
    case "flatten":
      return [sizeOf(input)];
    case "dropout":
    case "batchNorm":
    case "relu":
    case "softmax":
      return input;
  }
}
