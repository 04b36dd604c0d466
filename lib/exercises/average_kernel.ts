import { type Tensor, zeros } from "../base/tensor.ts";
import { random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { mapValues, transpose } from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A student's global average pooling as a dense kernel. */
export type AverageKernelSolution = (
  height: number,
  width: number,
  channels: number,
) => Tensor | Promise<Tensor>;

type AverageArgs = [height: number, width: number, channels: number];

/** One weight for each flattened value (y, x, c) and output o. */
function kernelOf(
  [height, width, channels]: AverageArgs,
  weight: (place: number, c: number, o: number) => number,
): Tensor {
  const places = height * width;
  const kernel = zeros([places * channels, channels]);
  kernel.data.forEach((_, i) => {
    const o = i % channels, value = Math.floor(i / channels);
    kernel.data[i] = weight(
      Math.floor(value / channels),
      value % channels,
      o,
    );
  });
  return kernel;
}

const averageKernel = (...[h, w, c]: AverageArgs) =>
  kernelOf([h, w, c], (_, from, to) => from === to ? 1 / (h * w) : 0);

/** The usual mistakes in writing an average as a dense kernel. */
export const averageKernelMistakes: readonly Mistake<AverageArgs>[] = [
  {
    mistake: "sum instead of mean",
    remedy: "divide by the number of places, height * width",
    wrong: (h, w, c) => mapValues(averageKernel(h, w, c), (v) => v * h * w),
  },
  {
    mistake: "divided by the channels too",
    remedy: "each channel has a mean of its own: divide by height * width only",
    wrong: (h, w, c) => mapValues(averageKernel(h, w, c), (v) => v / c),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: "value (place, c) stands in row place * channels + c",
    wrong: (h, w, c) => {
      const planar = zeros([h * w * c, c]);
      planar.data.forEach((_, i) => {
        const channel = Math.floor(i / c / (h * w));
        planar.data[i] = channel === i % c ? 1 / (h * w) : 0;
      });
      return planar;
    },
  },
  {
    mistake: "channels mixed",
    remedy: "only the values of channel c reach output c; other weights are 0",
    wrong: (h, w, c) => kernelOf([h, w, c], () => 1 / (h * w)),
  },
  {
    mistake: "channels mixed",
    remedy: "only the values of channel c reach output c; other weights are 0",
    wrong: (h, w, c) => kernelOf([h, w, c], () => 1 / (h * w * c)),
  },
  {
    mistake: "transposed kernel",
    remedy: "the kernel is [height * width * channels, channels]",
    wrong: (h, w, c) => transpose(averageKernel(h, w, c), [1, 0]),
  },
];

/** The exercise that {@linkcode checkAverageKernel} runs. */
export function averageKernelExercise(
  options: CheckOptions,
): Exercise<AverageArgs> {
  const stream = random(settleCheck("checkAverageKernel", options).seed);
  const draw = (): AverageArgs => {
    const height = 2 + stream.integer(3);
    return [height, height + 1 + stream.integer(2), 2 + stream.integer(3)];
  };
  return {
    check: "checkAverageKernel",
    name: "averageKernel",
    names: ["height", "width", "channels"],
    // Higher than wide, a single place, and more channels than places too.
    cases: [[2, 2, 2], draw(), draw(), [4, 1, 3], [1, 2, 5], [3, 2, 1]],
    expected: averageKernel,
    mistakes: averageKernelMistakes,
  };
}

/**
 * Checks a student's global average pooling as a dense layer: (height, width,
 * channels) => kernel [height * width * channels, channels].
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
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
export async function checkAverageKernel(
  fn: AverageKernelSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, averageKernelExercise(options), options);
}
