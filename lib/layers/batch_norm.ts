import { show, type Tensor } from "../tensor.ts";
import { checkOptions, checkShape, checkTensor, shown } from "./check.ts";
import { narrow, widen } from "./product.ts";

/** What batchNorm() needs besides its input. */
export interface BatchNormOptions {
  /** Scale of each channel [C]. */
  gamma: Tensor;
  /** Shift of each channel [C]; batchNormBackward() does not need it. */
  beta?: Tensor;
  /** Added to the variance so that it never is 0; 1e-3 unless told. */
  epsilon?: number;
  /** Mean of each channel [C], for inference; the batch's own unless told. */
  mean?: Tensor;
  /** Variance of each channel [C], for inference; the batch's own unless told. */
  variance?: Tensor;
  /** true: the batch's own statistics, even if others are given. */
  training?: boolean;
}

/** Mean and variance of each channel. */
export interface Moments {
  /** [C] */
  mean: Tensor;
  /** Divided by the number of values, not by one fewer: [C]. */
  variance: Tensor;
}

/**
 * Mean and variance of each channel (the last axis) over all other axes.
 *
 * @param x [..., C], such as [N, H, W, C] or [N, C].
 * @returns `{ mean, variance }`, each [C], in the precision of x.
 * @throws {TypeError} A tensor with fewer than 2 axes, or an empty one.
 *
 * @example
 * ```ts
 * import { moments, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { mean, variance } = moments(tensor([[1, 10], [3, 10]]));
 * assertEquals([...mean.data], [2, 10]);
 * assertEquals([...variance.data], [1, 0]);
 * ```
 */
export function moments(x: Tensor): Moments {
  const channels = checkInput("moments", x);
  const { mean, variance } = channelMoments(widen(x.data), channels);
  return {
    mean: { shape: [channels], data: narrow(mean, x.data) },
    variance: { shape: [channels], data: narrow(variance, x.data) },
  };
}

/**
 * Brings each channel to mean 0 and variance 1, then scales and shifts it:
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * In training mean and variance are the batch's own; for inference pass those
 * gathered during training.
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 1.
 *
 * @param x [..., C], such as [N, H, W, C] or [N, C].
 * @param options `gamma` [C], `beta` [C], `epsilon` 1e-3; for inference `mean` [C]
 * and `variance` [C].
 * @returns The same shape, in the precision of x.
 * @throws {TypeError} Shapes that do not fit; only one of mean and variance; an
 * unknown option.
 * @throws {RangeError} An epsilon that is negative or no number.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { gamma: tensor([2]), beta: tensor([5]), epsilon: 0 };
 * assertEquals([...batchNorm(tensor([[1], [3]]), options).data], [3, 7]);
 * ```
 */
export function batchNorm(x: Tensor, options: BatchNormOptions): Tensor {
  const fn = "batchNorm";
  const { channels, gamma, mean, inverse } = prepare(fn, x, options);
  if (options.beta === undefined) {
    throw new TypeError(
      `${fn}() expects beta [${channels}] but found undefined: pass zeros([${channels}]) for no shift`,
    );
  }
  const beta = widen(options.beta.data);
  const values = widen(x.data);
  const y = new Float64Array(values.length);
  for (let i = 0; i < y.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      y[i + c] = (values[i + c] - mean[c]) * inverse[c] * gamma[c] + beta[c];
    }
  }
  return { shape: [...x.shape], data: narrow(y, x.data) };
}

/**
 * Gradients of {@linkcode batchNorm}.
 *
 * With z = (x - mean) / deviation over M values a channel, dBeta = sum of dy and
 * dGamma = sum of dy * z. As mean and variance depend on every x,
 * dx = gamma / deviation * (dy - dBeta / M - z * dGamma / M); with a given mean
 * and variance only gamma / deviation * dy is left.
 *
 * @param x What batchNorm() got [..., C].
 * @param dy Gradient of the loss for batchNorm()'s output, same shape.
 * @param options The options that batchNorm() had.
 * @returns `dx` like x, `dGamma` [C], `dBeta` [C].
 * @throws {TypeError} As batchNorm(); a dy of another shape than x.
 * @throws {RangeError} As batchNorm().
 *
 * @example
 * ```ts
 * import { batchNormBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { dGamma, dBeta } = batchNormBackward(
 *   tensor([[1], [3]]),
 *   tensor([[10], [20]]),
 *   { gamma: tensor([2]), epsilon: 0 },
 * );
 * assertEquals([...dGamma.data], [10]); // 10 * -1 + 20 * 1
 * assertEquals([...dBeta.data], [30]);
 * ```
 */
export function batchNormBackward(
  x: Tensor,
  dy: Tensor,
  options: BatchNormOptions,
): { dx: Tensor; dGamma: Tensor; dBeta: Tensor } {
  const fn = "batchNormBackward";
  const { channels, gamma, mean, inverse, own } = prepare(fn, x, options);
  checkShape(fn, "dy", dy, x.shape, "dy has the shape of x");
  const values = widen(x.data);
  const given = widen(dy.data);
  const dGamma = new Float64Array(channels);
  const dBeta = new Float64Array(channels);
  for (let i = 0; i < given.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      dBeta[c] += given[i + c];
      dGamma[c] += given[i + c] * (values[i + c] - mean[c]) * inverse[c];
    }
  }
  // A given mean and variance do not move with x: nothing to subtract.
  const share = own ? channels / given.length : 0;
  const dx = new Float64Array(given.length);
  for (let i = 0; i < dx.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const z = (values[i + c] - mean[c]) * inverse[c];
      dx[i + c] = gamma[c] * inverse[c] *
        (given[i + c] - share * (dBeta[c] + z * dGamma[c]));
    }
  }
  const wrap = (shape: readonly number[], data: Float64Array): Tensor => ({
    shape: [...shape],
    data: narrow(data, x.data),
  });
  return {
    dx: wrap(x.shape, dx),
    dGamma: wrap([channels], dGamma),
    dBeta: wrap([channels], dBeta),
  };
}

/** Checks everything; 1 / deviation of each channel and where it came from. */
function prepare(fn: string, x: Tensor, options: BatchNormOptions): {
  channels: number;
  gamma: Float64Array;
  mean: Float64Array;
  inverse: Float64Array;
  own: boolean;
} {
  const known = ["gamma", "beta", "epsilon", "mean", "variance", "training"];
  checkOptions(fn, options, known);
  const channels = checkInput(fn, x);
  const { gamma, beta, mean, variance, epsilon = 1e-3 } = options;
  for (const [name, value] of Object.entries({ beta, mean, variance })) {
    if (value === undefined) continue;
    checkShape(fn, name, value, [channels], "one number for each channel");
  }
  checkShape(fn, "gamma", gamma, [channels], "one number for each channel");
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new RangeError(
      `${fn}() expects an epsilon of 0 or more but found ${
        shown(epsilon)
      }: pass a small number such as 0.001`,
    );
  }
  const given = mean !== undefined && variance !== undefined;
  const mixed = (mean === undefined) !== (variance === undefined);
  if (mixed || (options.training === false && !given)) {
    throw new TypeError(
      `${fn}() expects both mean and variance for inference but found ${
        mean ? "only mean" : variance ? "only variance" : "neither"
      }: pass both, or none to use the batch's own`,
    );
  }
  const own = options.training === true || !given;
  const statistics = own
    ? channelMoments(widen(x.data), channels)
    : { mean: widen(mean.data), variance: widen(variance.data) };
  const inverse = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    inverse[c] = 1 / Math.sqrt(statistics.variance[c] + epsilon);
  }
  const wide = widen(gamma.data);
  return { channels, gamma: wide, mean: statistics.mean, inverse, own };
}

/** Number of channels of a normalised input. */
function checkInput(fn: string, x: Tensor): number {
  checkTensor(fn, "x", x);
  if (x.shape.length < 2 || x.data.length === 0) {
    throw new TypeError(
      `${fn}() expects x [N, ..., C] with 2 axes or more, none empty, but found ${
        show(x.shape)
      }: the last axis holds the channels`,
    );
  }
  return x.shape[x.shape.length - 1];
}

/** Mean, then variance around it: two passes lose no digits. */
function channelMoments(
  x: Float64Array,
  channels: number,
): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const count = x.length / channels;
  for (let i = 0; i < x.length; i += channels) {
    for (let c = 0; c < channels; c++) mean[c] += x[i + c];
  }
  for (let c = 0; c < channels; c++) mean[c] /= count;
  for (let i = 0; i < x.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const distance = x[i + c] - mean[c];
      variance[c] += distance * distance;
    }
  }
  for (let c = 0; c < channels; c++) variance[c] /= count;
  return { mean, variance };
}
