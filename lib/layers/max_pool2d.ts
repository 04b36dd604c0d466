import { sizeOf, type Tensor } from "../base/tensor.ts";
import { checkTensor } from "../base/check.ts";
import { define, type Kind } from "./define.ts";
import { narrow, widen } from "./fast/product.ts";
import {
  checkPool2dBackward,
  type Pool2dOptions,
  pool2dSizes,
  poolDefinition,
  pooledShape,
  type PoolLayer,
} from "./pool2d.ts";
import type { Grid } from "./window.ts";

/**
 * The largest value under each place of a window, channel by channel.
 *
 * Padding never wins; NaN always does, so that it is not lost.
 *
 * @param x Images [N, H, W, C].
 * @param options `poolSize` 2, `strides` as poolSize, `padding` "valid".
 * @returns [N, OH, OW, C] in the precision of x.
 * @throws {TypeError} An input without 4 axes; a padding that is neither word;
 * an unknown option.
 * @throws {RangeError} Sizes or strides that are not whole and 1 or more; a
 * window larger than the input with padding "valid".
 *
 * @example
 * ```ts
 * import { maxPool2d, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]);
 * assertEquals([...maxPool2d(x, { poolSize: 2 }).data], [6, 8]);
 * ```
 */
export function maxPool2d(x: Tensor, options: Pool2dOptions = {}): Tensor {
  checkTensor("maxPool2d", "x", x);
  const sizes = pool2dSizes("maxPool2d", x.shape, options);
  const shape = pooledShape(sizes);
  const values = widen(x.data);
  const winners = findWinners(values, sizes);
  const y = new Float64Array(sizeOf(shape));
  for (let i = 0; i < y.length; i++) y[i] = values[winners[i]];
  return { shape, data: narrow(y, x.data) }; // [N, OH, OW, C]
}

/**
 * Gradient of {@linkcode maxPool2d}: each window hands its dy to its maximum.
 *
 * Of equal maxima the first one gets all of it, in reading order (row by row,
 * left to right). Where windows overlap, gradients add up.
 *
 * @param x Images [N, H, W, C].
 * @param dy Gradient of the loss for maxPool2d()'s output [N, OH, OW, C].
 * @param options The options that maxPool2d() had.
 * @returns dx [N, H, W, C].
 * @throws {TypeError} As maxPool2d(); a dy that has not the output's shape.
 * @throws {RangeError} As maxPool2d().
 *
 * @example
 * ```ts
 * import { maxPool2dBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 5, 5, 2], [1, 2, 2, 1]);
 * const dy = tensor([7], [1, 1, 1, 1]);
 * assertEquals([...maxPool2dBackward(x, dy).data], [0, 7, 0, 0]);
 * ```
 */
export function maxPool2dBackward(
  x: Tensor,
  dy: Tensor,
  options: Pool2dOptions = {},
): Tensor {
  const sizes = checkPool2dBackward("maxPool2dBackward", x, dy, options);
  const winners = findWinners(widen(x.data), sizes);
  const given = widen(dy.data);
  const dx = new Float64Array(x.data.length);
  for (let i = 0; i < given.length; i++) dx[winners[i]] += given[i];
  return { shape: [...x.shape], data: narrow(dx, x.data) };
}

/** For each output the place in x of the first maximum in its window. */
export function findWinners(
  x: Float64Array,
  sizes: Omit<Grid, "bottom" | "right" | "dilationH" | "dilationW">,
): Int32Array {
  const { batch, height, width, channels, outH, outW } = sizes;
  const winners = new Int32Array(batch * outH * outW * channels);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outH; i++) {
      const top = i * sizes.strideH - sizes.top;
      const firstRow = Math.max(top, 0);
      const lastRow = Math.min(top + sizes.sizeH, height);
      for (let j = 0; j < outW; j++, at += channels) {
        const left = j * sizes.strideW - sizes.left;
        const firstColumn = Math.max(left, 0);
        const lastColumn = Math.min(left + sizes.sizeW, width);
        const first = ((n * height + firstRow) * width + firstColumn) *
          channels;
        for (let c = 0; c < channels; c++) winners[at + c] = first + c;
        for (let row = firstRow; row < lastRow; row++) {
          for (let column = firstColumn; column < lastColumn; column++) {
            const pixel = ((n * height + row) * width + column) * channels;
            for (let c = 0; c < channels; c++) {
              const value = x[pixel + c];
              if (value > x[winners[at + c]] || value !== value) {
                winners[at + c] = pixel + c;
              }
            }
          }
        }
      }
    }
  }
  return winners;
}

/** Max pooling in a network. */
export const maxPool2dLayer: Kind<PoolLayer<"maxPool2d">> = define<
  PoolLayer<"maxPool2d">
>({
  ...poolDefinition(maxPool2d, maxPool2dBackward, "max"),
  kind: "maxPool2d",
  tfjs: (tf, settings, { name }) =>
    tf.layers.maxPooling2d({ ...settings, name }),
});
