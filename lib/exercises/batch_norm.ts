import { batchNorm } from "../layers/mod.ts";
import { allocate, sizeOf, type Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { type Check, check, type Mistakes } from "./check.ts";
import {
  commonMistakes,
  orderedAsNchw,
  readAsNchw,
} from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** What a student's batch normalisation gets besides its input. */
export interface BatchNormSolutionOptions {
  gamma: Tensor;
  beta: Tensor;
  epsilon: number;
}

/** A student's batch normalisation, as in training. */
export type BatchNormSolution = (
  x: Tensor,
  options: BatchNormSolutionOptions,
) => Tensor | Promise<Tensor>;

/** What one value is normalised with. */
type Norm = Record<
  "count" | "mean" | "variance" | "epsilon" | "gamma" | "beta",
  number
>;

/** Batch normalisation with another formula, or with other groups of values. */
function normalise(
  x: Tensor,
  { gamma, beta, epsilon }: BatchNormSolutionOptions,
  formula: (value: number, norm: Norm) => number = right,
  groupOf = (at: number, _image: number, channels: number) => at % channels,
): Tensor {
  const channels = gamma.data.length;
  const group = (at: number) => groupOf(at, sizeOf(x.shape.slice(1)), channels);
  const values: number[][] = [];
  x.data.forEach((value, at) => (values[group(at)] ??= []).push(value));
  const groups = values.map((all) => {
    const count = all.length;
    const mean = all.reduce((sum, v) => sum + v, 0) / count;
    const squares = all.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    return { count, mean, variance: squares / count, epsilon };
  });
  const data = allocate(x.data.length, x.data);
  x.data.forEach((value, at) => {
    const own = {
      gamma: gamma.data[at % channels],
      beta: beta.data[at % channels],
    };
    data[at] = formula(value, { ...groups[group(at)], ...own });
  });
  return { shape: x.shape, data };
}

function right(value: number, { mean, gamma, beta, ...norm }: Norm): number {
  return gamma * (value - mean) / Math.sqrt(norm.variance + norm.epsilon) +
    beta;
}

/** A mistake in the formula, the groups being right. */
const formula =
  (wrong: (value: number, norm: Norm) => number) =>
  (x: Tensor, options: BatchNormSolutionOptions) =>
    normalise(x, options, wrong);

/** A mistake in the groups, the formula being right. */
function groups(
  remedy: string,
  groupOf: (at: number, image: number, channels: number) => number,
): Mistakes<Parameters<BatchNormSolution>> {
  return {
    "statistics over the wrong axes": [
      `each channel has one mean and one variance, over all images and all pixels: ${remedy}`,
      (x, options) => normalise(x, options, right, groupOf),
    ],
  };
}

/** What both checks of batch norm try: simple ones first, an epsilon that shows. */
export const batchNormShapes = [
  { shape: [4, 1], epsilon: 0.5 },
  { shape: [3, 2], epsilon: 0.25 },
  { shape: [1, 2, 3, 2], epsilon: 0.5 },
  { shape: [2, 3, 2, 3], epsilon: 0.25 },
  { shape: [3, 2, 4, 2], epsilon: 1 },
  { shape: [2, 3, 2, 2], epsilon: 1e-3, fine: true },
];

/**
 * Checks a student's batch normalisation in training: (x [..., C], { gamma [C],
 * beta [C], epsilon }) => y like x, with the batch's own mean and variance.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { batchNorm, checkBatchNorm } from "cnn";
 *
 * await checkBatchNorm(batchNorm, { exercise: "7.2" });
 * ```
 */
export const checkBatchNorm: Check<BatchNormSolution> = check({
  check: "checkBatchNorm",
  name: "batchNorm",
  names: ["x", "options"],
  cases({ stream }) {
    return batchNormShapes.map(({ shape, epsilon, fine }) => {
      const channels = shape.slice(-1);
      if (fine) {
        const [gamma, beta] = [0, 1].map(() => quarters(channels, stream));
        return [quarters(shape, stream), { gamma, beta, epsilon }];
      }
      // Values around 5 have a mean that counts; two that differ, a variance.
      const x = map(wholeNumbers(shape, stream, 9), (value) => value + 5);
      x.data.fill(20, 0, channels[0]);
      const gamma = map(wholeNumbers(channels, stream), (value) => 1.5 * value);
      return [x, { gamma, beta: wholeNumbers(channels, stream), epsilon }];
    });
  },
  expected: batchNorm,
  mistakes: [
    {
      "variance divided by N - 1": [
        "divide the sum of squares by the number of values, not by one fewer",
        formula((value, norm) => {
          const { count, variance } = norm;
          return right(value, {
            ...norm,
            variance: variance * count / (count - 1),
          });
        }),
      ],
      "epsilon outside the root": [
        "add epsilon to the variance, then take the root",
        formula((value, { mean, variance, epsilon, gamma, beta }) =>
          gamma * (value - mean) / (Math.sqrt(variance) + epsilon) + beta
        ),
      ],
      "epsilon missing": [
        "add epsilon to the variance, then take the root",
        formula((value, norm) => right(value, { ...norm, epsilon: 0 })),
      ],
      "root missing": [
        "divide by the root of variance + epsilon",
        formula((value, { mean, variance, epsilon, gamma, beta }) =>
          gamma * (value - mean) / (variance + epsilon) + beta
        ),
      ],
      "mean not subtracted": [
        "subtract the channel's mean before you divide",
        formula((value, norm) => right(value, { ...norm, mean: 0 })),
      ],
      "mean of squares instead of the variance": [
        "the variance is the mean of (x - mean) squared",
        formula((value, norm) =>
          right(value, { ...norm, variance: norm.variance + norm.mean ** 2 })
        ),
      ],
      "gamma and beta forgotten": [
        "scale by the channel's gamma, then add its beta",
        formula((value, norm) => right(value, { ...norm, gamma: 1, beta: 0 })),
      ],
      "gamma forgotten": [
        "multiply by the channel's gamma before you add beta",
        formula((value, norm) => right(value, { ...norm, gamma: 1 })),
      ],
      "beta forgotten": [
        "add the channel's beta at the end",
        formula((value, norm) => right(value, { ...norm, beta: 0 })),
      ],
      "beta added before gamma": [
        "scale first: gamma * z + beta, not gamma * (z + beta)",
        formula((value, norm) =>
          right(value, { ...norm, beta: norm.gamma * norm.beta })
        ),
      ],
    },
    groups(
      "do not start anew for each image",
      (at, image, channels) =>
        Math.floor(at / image) * channels + at % channels,
    ),
    groups("do not mix the channels", () => 0),
    groups(
      "do not mix the channels of an image",
      (at, image) => Math.floor(at / image),
    ),
    groups("pixels at different places count too", (at, image) => at % image),
    {
      "NHWC/NCHW swap": [
        "the channels are the last axis: value i belongs to channel i % C",
        (x, options) => orderedAsNchw(normalise(readAsNchw(x), options)),
      ],
    },
    commonMistakes((x, options) => normalise(x, options), {
      "ReLU applied":
        "negative values stay; ReLU is a layer of its own after it",
    }),
  ],
});
