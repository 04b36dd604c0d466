import { type Tensor, zeros } from "../base/tensor.ts";
import { map, transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";

/** A student's global average pooling as a dense kernel. */
export type AverageKernelSolution = (
  height: number,
  width: number,
  channels: number,
) => Tensor | Promise<Tensor>;

type Size = Parameters<AverageKernelSolution>;

/** A weight for each flattened value, (y * width + x) * channels + c, and output o. */
function kernelOf(
  [height, width, channels]: Size,
  weight: (value: number, o: number) => number,
): Tensor {
  const kernel = zeros([height * width * channels, channels]);
  return map(kernel, (_, value, o) => weight(value, o));
}

/** The mean of each channel by itself. */
const right = (...[h, w, c]: Size) =>
  kernelOf([h, w, c], (value, o) => value % c === o ? 1 / (h * w) : 0);

/**
 * Checks a student's global average pooling as a dense layer: (height, width,
 * channels) => kernel [height * width * channels, channels].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkAverageKernel, tensor } from "cnn";
 *
 * await checkAverageKernel((h, w, c) => {
 *   const rows = Array.from({ length: h * w * c }, (_, i) =>
 *     Array.from({ length: c }, (_, o) => i % c === o ? 1 / (h * w) : 0));
 *   return tensor(rows);
 * }, { exercise: "4.4" });
 * ```
 */
export const checkAverageKernel: Check<AverageKernelSolution> = check({
  check: "checkAverageKernel",
  name: "averageKernel",
  names: ["height", "width", "channels"],
  cases({ stream }) {
    const draw = (): [number, number, number] => {
      const height = 2 + stream.integer(3);
      return [height, height + 1 + stream.integer(2), 2 + stream.integer(3)];
    };
    // Higher than wide, a single place, and more channels than places too.
    return [[2, 2, 2], draw(), draw(), [4, 1, 3], [1, 2, 5], [3, 2, 1]];
  },
  expected: right,
  mistakes: [{
    "sum instead of mean": [
      "divide by the number of places, height * width",
      (h, w, c) => map(right(h, w, c), (v) => v * h * w),
    ],
    "divided by the channels too": [
      "each channel has a mean of its own: divide by height * width only",
      (h, w, c) => map(right(h, w, c), (v) => v / c),
    ],
    "NHWC/NCHW swap": [
      "value (place, c) stands in row place * channels + c",
      (h, w, c) =>
        kernelOf(
          [h, w, c],
          (value, o) => Math.floor(value / (h * w)) === o ? 1 / (h * w) : 0,
        ),
    ],
    "channels mixed": [
      "only the values of channel c reach output c; other weights are 0",
      (h, w, c) => kernelOf([h, w, c], () => 1 / (h * w)),
      (h, w, c) => kernelOf([h, w, c], () => 1 / (h * w * c)),
    ],
    "transposed kernel": [
      "the kernel is [height * width * channels, channels]",
      (h, w, c) => transpose(right(h, w, c)),
    ],
  }],
});
