import { show } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import {
  checkCount,
  checkOptions,
  checkPair,
  checkRank,
  checkShape,
  checkTensor,
  type Pair,
} from "./check.ts";
import { type Padding, windowPlaces } from "./window.ts";

/** How a convolution slides over its input. */
export interface Conv2dOptions {
  /** One number added to each output channel: [Cout]. None unless told. */
  bias?: Tensor;
  /** Step of the window in pixels, down and across; 1 unless told. */
  strides?: Pair;
  /** "valid" unless told. */
  padding?: Padding;
  /** Distance between the kernel's neighbours in pixels; 1 unless told. */
  dilations?: Pair;
  /** Parts of the channels that are convolved by themselves; 1 unless told. */
  groups?: number;
}

/** All the numbers of one convolution, checked. */
export interface Conv2dSizes {
  batch: number;
  height: number;
  width: number;
  cin: number;
  kh: number;
  kw: number;
  cout: number;
  groups: number;
  strideH: number;
  strideW: number;
  dilationH: number;
  dilationW: number;
  top: number;
  left: number;
  bottom: number;
  right: number;
  outH: number;
  outW: number;
}

/** Checks shapes and options for the function `fn` and works out all sizes. */
export function conv2dSizes(
  fn: string,
  xShape: readonly number[],
  kernelShape: readonly number[],
  options: Conv2dOptions,
): Conv2dSizes {
  const known = ["bias", "strides", "padding", "dilations", "groups"];
  checkOptions(fn, options, known);
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  checkRank(fn, "a kernel", kernelShape, "[KH, KW, Cin / groups, Cout]");
  const { padding = "valid", groups = 1 } = options;
  const [strideH, strideW] = checkPair(fn, "strides", options.strides ?? 1);
  const [dilationH, dilationW] = checkPair(
    fn,
    "dilations",
    options.dilations ?? 1,
  );
  checkCount(fn, "groups", groups);
  const [batch, height, width, cin] = xShape;
  const [kh, kw, depth, cout] = kernelShape;
  if (cin % groups !== 0 || cout % groups !== 0) {
    throw new RangeError(
      `${fn}() expects groups that divide ${cin} input and ${cout} output channels but found ${groups}: use a common divisor`,
    );
  }
  if (depth !== cin / groups) {
    const per = groups === 1 ? "Cin" : `Cin / groups = ${cin} / ${groups}`;
    throw new TypeError(
      `${fn}() expects a kernel [KH, KW, ${
        cin / groups
      }, Cout] for an input with ${cin} channels but found ${
        show(kernelShape)
      }: the third kernel axis is ${per}`,
    );
  }
  const rows = windowPlaces(fn, "height", height, {
    size: kh,
    stride: strideH,
    padding,
    dilation: dilationH,
  });
  const columns = windowPlaces(fn, "width", width, {
    size: kw,
    stride: strideW,
    padding,
    dilation: dilationW,
  });
  return {
    ...{ batch, height, width, cin, kh, kw, cout, groups },
    ...{ strideH, strideW, dilationH, dilationW },
    ...{ top: rows.before, bottom: rows.after },
    ...{ left: columns.before, right: columns.after },
    ...{ outH: rows.length, outW: columns.length },
  };
}

/** Checks the tensors of a forward convolution and works out all sizes. */
export function checkConv2d(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  options: Conv2dOptions,
): Conv2dSizes {
  checkTensor(fn, "x", x);
  checkTensor(fn, "a kernel", kernel);
  const sizes = conv2dSizes(fn, x.shape, kernel.shape, options);
  if (options.bias !== undefined) {
    const remedy = "a bias has one number for each output channel";
    checkShape(fn, "a bias", options.bias, [sizes.cout], remedy);
  }
  return sizes;
}

/** Checks the tensors of a backward convolution and works out all sizes. */
export function checkConv2dBackward(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Conv2dOptions,
): Conv2dSizes {
  const sizes = checkConv2d(fn, x, kernel, options);
  const { batch, outH, outW, cout } = sizes;
  const remedy = "dy has the shape of conv2d()'s output with the same options";
  checkShape(fn, "dy", dy, [batch, outH, outW, cout], remedy);
  return sizes;
}

/**
 * Shape of a convolution's output.
 *
 * @param xShape Input [N, H, W, Cin].
 * @param kernelShape Kernel [KH, KW, Cin / groups, Cout].
 * @param options `strides` 1, `padding` "valid", `dilations` 1, `groups` 1.
 * @returns [N, OH, OW, Cout].
 * @throws {TypeError} Shapes that do not fit; a padding that is neither word.
 * @throws {RangeError} Strides, dilations or groups that are not whole and 1 or
 * more; groups that do not divide the channels; a kernel larger than the input
 * with padding "valid".
 *
 * @example
 * ```ts
 * import { conv2dShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(conv2dShape([64, 28, 28, 1], [5, 5, 1, 6]), [64, 24, 24, 6]);
 * ```
 */
export function conv2dShape(
  xShape: readonly number[],
  kernelShape: readonly number[],
  options: Conv2dOptions = {},
): [number, number, number, number] {
  const sizes = conv2dSizes("conv2dShape", xShape, kernelShape, options);
  return [sizes.batch, sizes.outH, sizes.outW, sizes.cout];
}

/**
 * Shape of the kernel that a convolution with `filters` filters needs.
 *
 * @param xShape Input [N, H, W, Cin].
 * @param options `filters` (Cout), `kernelSize` in pixels, `groups` 1.
 * @returns [KH, KW, Cin / groups, filters].
 * @throws {TypeError} An input that is not [N, H, W, Cin].
 * @throws {RangeError} Numbers that are not whole and 1 or more; groups that do
 * not divide the channels.
 *
 * @example
 * ```ts
 * import { conv2dKernelShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   conv2dKernelShape([1, 28, 28, 3], { filters: 8, kernelSize: 5 }),
 *   [5, 5, 3, 8],
 * );
 * ```
 */
export function conv2dKernelShape(
  xShape: readonly number[],
  options: { filters: number; kernelSize: Pair; groups?: number },
): [number, number, number, number] {
  const fn = "conv2dKernelShape";
  checkOptions(fn, options, ["filters", "kernelSize", "groups"]);
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  const { filters, groups = 1 } = options;
  checkCount(fn, "filters", filters);
  checkCount(fn, "groups", groups);
  const [kh, kw] = checkPair(fn, "kernelSize", options.kernelSize);
  const cin = xShape[3];
  if (cin % groups !== 0 || filters % groups !== 0) {
    throw new RangeError(
      `${fn}() expects groups that divide ${cin} input and ${filters} output channels but found ${groups}: use a common divisor`,
    );
  }
  return [kh, kw, cin / groups, filters];
}
