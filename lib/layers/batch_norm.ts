import { checkShape } from "../base/check.ts";
import { checkFlag, checkOptions, settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import type { Tensor } from "../base/tensor.ts";
import { define, flow, type Kind } from "./define.ts";
import { narrow, widen } from "./fast/product.ts";
import { channelMoments, checkNormalised, moments } from "./moments.ts";
import { epsilon, share } from "./setting.ts";

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
 * @throws {RangeError} An epsilon or a variance that is negative or no number.
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
  const { channels, gamma, mean, inverse } = prepareBatchNorm(fn, x, options);
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
  const { channels, gamma, mean, inverse, own } = prepareBatchNorm(
    fn,
    x,
    options,
  );
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
function prepareBatchNorm(
  fn: string,
  x: Tensor,
  options: BatchNormOptions,
): {
  channels: number;
  gamma: Float64Array;
  mean: Float64Array;
  inverse: Float64Array;
  own: boolean;
} {
  // gamma has no default, so there is no call without options.
  if (options === undefined) checkOptions(fn, options, ["gamma"]);
  const { gamma, beta, mean, variance, epsilon, training } = settle(
    fn,
    options,
    {
      gamma: undefined,
      beta: undefined,
      epsilon: 1e-3,
      mean: undefined,
      variance: undefined,
      training: undefined,
    },
  );
  const channels = checkNormalised(fn, x);
  for (const [name, value] of Object.entries({ beta, mean, variance })) {
    if (value === undefined) continue;
    checkShape(fn, name, value, [channels], "one number for each channel");
  }
  checkShape(fn, "gamma", gamma, [channels], "one number for each channel");
  const remedy = "pass a small number such as 0.001";
  checkRange(fn, "an epsilon", epsilon, { from: 0, remedy });
  if (training !== undefined) checkFlag(fn, "training", training);
  const given = mean !== undefined && variance !== undefined;
  const mixed = (mean === undefined) !== (variance === undefined);
  if (mixed || (training === false && !given)) {
    throw new TypeError(
      `${fn}() expects both mean and variance for inference but found ${
        mean ? "only mean" : variance ? "only variance" : "neither"
      }: pass both, or none to use the batch's own`,
    );
  }
  const own = training === true || !given;
  const statistics = own
    ? channelMoments(widen(x.data), channels)
    : { mean: widen(mean.data), variance: widen(variance.data) };
  const inverse = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const variance = statistics.variance[c];
    if (!own) checkVariance(fn, variance, c);
    if (variance + epsilon === 0) {
      throw new RangeError(
        `${fn}() expects a variance and an epsilon that add up to more than 0 but found 0 in channel ${c}: pass an epsilon such as 0.001`,
      );
    }
    inverse[c] = 1 / Math.sqrt(variance + epsilon);
  }
  const wide = widen(gamma.data);
  return { channels, gamma: wide, mean: statistics.mean, inverse, own };
}

/** Throws on a number that is no variance. */
function checkVariance(fn: string, variance: number, channel: number): void {
  if (variance >= 0 && variance < Infinity) return;
  throw new RangeError(
    `${fn}() expects variances of 0 or more but found ${variance} in channel ${channel}: ${
      variance < 0
        ? "pass variances, not deviations or logarithms"
        : "look for it in the images that they were measured on"
    }`,
  );
}

/** Normalises each channel by the batch, then scales and shifts it. */
export interface BatchNormLayer {
  readonly kind: "batchNorm";
  readonly name?: string;
  /** false: training leaves scale and shift as they are; true unless told. */
  readonly trainable?: boolean;
  /** Added to the variance; 1e-3 unless told. */
  readonly epsilon?: number;
  /** Share of the old moving average that each training step keeps; 0.9 unless told. */
  readonly momentum?: number;
}

/**
 * Batch normalisation in a network: the batch's own moments in training, moving
 * averages of them in use. Frozen by `trainable: false`, scale and shift stay; the
 * averages go on following the batches, as in TensorFlow.js.
 */
export const batchNormLayer: Kind<BatchNormLayer> = define({
  kind: "batchNorm",
  settings: {
    epsilon: epsilon(1e-3),
    momentum: share("of the old average is kept", 0.9),
  },
  short: "bn",
  shape: (input) => input,
  weights(input) {
    const shape = input.slice(-1);
    return {
      gamma: { shape, start: 1 },
      beta: { shape, start: 0 },
      movingMean: { shape, start: 0, trainable: false },
      movingVariance: { shape, start: 1, trainable: false },
    };
  },
  run(x, weights, { epsilon, momentum }, { training }) {
    const { gamma, beta, movingMean, movingVariance } = weights;
    const used = training
      ? moments(x)
      : { mean: movingMean, variance: movingVariance };
    const y = batchNorm(x, { gamma, beta, epsilon, ...used });
    // A batch that was refused for its NaN has moved nothing.
    if (training) {
      follow(movingMean, used.mean, momentum);
      follow(movingVariance, used.variance, momentum);
    }
    // Moments of the batch itself move with x; given ones stay.
    const given = training ? {} : used;
    return [y, (dy) => {
      const { dx, dGamma, dBeta } = batchNormBackward(x, dy, {
        gamma,
        epsilon,
        ...given,
      });
      return flow(dx, { gamma: dGamma, beta: dBeta });
    }];
  },
  label: () => "batch norm",
  small: true,
  tfjs: (tf, settings, { name }) =>
    tf.layers.batchNormalization({ ...settings, name }),
  is: ({ name, config, rank }) =>
    name === "BatchNormalization" && [-1, rank - 1].includes(config.axis),
  passes: [{ during: "training", behind: [["relu"]] }],
});

/** Moves an average towards what this batch has. */
function follow(average: Tensor, batch: Tensor, keep: number): void {
  for (let c = 0; c < average.data.length; c++) {
    average.data[c] = keep * average.data[c] + (1 - keep) * batch.data[c];
  }
}
