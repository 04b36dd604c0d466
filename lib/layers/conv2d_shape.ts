import { settle } from "../base/options.ts";
import { checkCount, checkPair, checkRank, type Pair } from "../base/check.ts";
import {
  checkGroups,
  type Conv2dOptions,
  conv2dSizes,
} from "./conv2d_sizes.ts";

export type { Conv2dOptions };

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
  const { filters, kernelSize, groups } = settle(fn, options, {
    filters: undefined,
    kernelSize: undefined,
    groups: 1,
  });
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  checkCount(fn, "filters", filters);
  const [kh, kw] = checkPair(fn, "kernelSize", kernelSize);
  const cin = xShape[3];
  checkGroups(fn, groups, cin, filters);
  return [kh, kw, cin / groups, filters];
}
