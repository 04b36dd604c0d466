import { allocate, type Tensor } from "../base/tensor.ts";
import { mapValues, readAsNchw, relabel, writeAsNchw } from "./random_case.ts";
import type { Mistake } from "./run_check.ts";

/** What a student's batch normalisation gets besides its input. */
export interface BatchNormSolutionOptions {
  gamma: Tensor;
  beta: Tensor;
  epsilon: number;
}

/** The arguments of a student's batch normalisation. */
export type BatchNormArgs = [x: Tensor, options: BatchNormSolutionOptions];

/** What is known of the values that one value is normalised with. */
interface Group {
  count: number;
  mean: number;
  variance: number;
}

/** Which values share their mean and variance. */
type Sharing = (at: number, shape: readonly number[]) => number;

const channelOf: Sharing = (at, shape) => at % shape[shape.length - 1];

/** Batch normalisation with other groups or another formula. */
function normalise(
  [x, { gamma, beta, epsilon }]: BatchNormArgs,
  formula: (
    value: number,
    group: Group,
    own: { gamma: number; beta: number; epsilon: number },
  ) => number,
  sharing: Sharing = channelOf,
): Tensor {
  const values = new Map<number, number[]>();
  x.data.forEach((value, at) => {
    const key = sharing(at, x.shape);
    values.set(key, [...values.get(key) ?? [], value]);
  });
  const groups = new Map<number, Group>();
  for (const [key, all] of values) {
    const count = all.length;
    const mean = all.reduce((sum, v) => sum + v, 0) / count;
    const squares = all.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    groups.set(key, { count, mean, variance: squares / count });
  }
  const data = allocate(x.data.length, x.data);
  x.data.forEach((value, at) => {
    const c = channelOf(at, x.shape);
    data[at] = formula(value, groups.get(sharing(at, x.shape))!, {
      gamma: gamma.data[c],
      beta: beta.data[c],
      epsilon,
    });
  });
  return { shape: x.shape, data };
}

type Formula = Parameters<typeof normalise>[1];

const right: Formula = (value, { mean, variance }, own) =>
  own.gamma * (value - mean) / Math.sqrt(variance + own.epsilon) + own.beta;

/** A mistake in the formula, the groups being right. */
function formula(mistake: string, remedy: string, wrong: Formula) {
  return {
    mistake,
    remedy,
    wrong: (...args: BatchNormArgs) => normalise(args, wrong),
  };
}

/** A mistake in the groups, the formula being right. */
function groups(remedy: string, sharing: Sharing) {
  return {
    mistake: "statistics over the wrong axes",
    remedy,
    wrong: (...args: BatchNormArgs) => normalise(args, right, sharing),
  };
}

const axes =
  "each channel has one mean and one variance, over all images and all pixels";

/** The usual mistakes of batch normalisation. */
export const batchNormMistakes: readonly Mistake<BatchNormArgs>[] = [
  formula(
    "variance divided by N - 1",
    "divide the sum of squares by the number of values, not by one fewer",
    (value, { count, mean, variance }, own) =>
      own.gamma * (value - mean) /
        Math.sqrt(variance * count / (count - 1) + own.epsilon) + own.beta,
  ),
  formula(
    "epsilon outside the root",
    "add epsilon to the variance, then take the root",
    (value, { mean, variance }, own) =>
      own.gamma * (value - mean) / (Math.sqrt(variance) + own.epsilon) +
      own.beta,
  ),
  formula(
    "epsilon missing",
    "add epsilon to the variance, then take the root",
    (value, { mean, variance }, own) =>
      own.gamma * (value - mean) / Math.sqrt(variance) + own.beta,
  ),
  formula(
    "root missing",
    "divide by the root of variance + epsilon",
    (value, { mean, variance }, own) =>
      own.gamma * (value - mean) / (variance + own.epsilon) + own.beta,
  ),
  formula(
    "mean not subtracted",
    "subtract the channel's mean before you divide",
    (value, { variance }, own) =>
      own.gamma * value / Math.sqrt(variance + own.epsilon) + own.beta,
  ),
  formula(
    "mean of squares instead of the variance",
    "the variance is the mean of (x - mean) squared",
    (value, { mean, variance }, own) =>
      own.gamma * (value - mean) /
        Math.sqrt(variance + mean ** 2 + own.epsilon) + own.beta,
  ),
  formula(
    "gamma and beta forgotten",
    "scale by the channel's gamma, then add its beta",
    (value, group, { epsilon }) =>
      right(value, group, { gamma: 1, beta: 0, epsilon }),
  ),
  formula(
    "gamma forgotten",
    "multiply by the channel's gamma before you add beta",
    (value, group, own) => right(value, group, { ...own, gamma: 1 }),
  ),
  formula(
    "beta forgotten",
    "add the channel's beta at the end",
    (value, group, own) => right(value, group, { ...own, beta: 0 }),
  ),
  formula(
    "beta added before gamma",
    "scale first: gamma * z + beta, not gamma * (z + beta)",
    (value, group, own) =>
      right(value, group, { ...own, beta: own.gamma * own.beta }),
  ),
  groups(`${axes}: do not start anew for each image`, (at, shape) => {
    const channels = shape[shape.length - 1];
    const image = shape.slice(1).reduce((size, length) => size * length, 1);
    return Math.floor(at / image) * channels + at % channels;
  }),
  groups(`${axes}: do not mix the channels`, () => 0),
  groups(`${axes}: do not mix the channels of an image`, (at, shape) => {
    const image = shape.slice(1).reduce((size, length) => size * length, 1);
    return Math.floor(at / image);
  }),
  groups(
    `${axes}: pixels at different places count too`,
    (at, shape) =>
      at % shape.slice(1).reduce((size, length) => size * length, 1),
  ),
  {
    mistake: "NHWC/NCHW swap",
    remedy: "the channels are the last axis: value i belongs to channel i % C",
    wrong: (x, options) =>
      relabel(writeAsNchw(normalise([readAsNchw(x), options], right)), x.shape),
  },
  {
    mistake: "ReLU applied",
    remedy: "negative values stay; ReLU is a layer of its own after it",
    wrong: (...args) =>
      mapValues(normalise(args, right), (value) => Math.max(value, 0)),
  },
];
