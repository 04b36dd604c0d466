import { checkFlag, checkOptions, settle } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { checkShape, shown } from "../base/check.ts";
import { channelMoments, checkNormalised } from "./moments.ts";
import { widen } from "./fast/product.ts";

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

/** Checks everything; 1 / deviation of each channel and where it came from. */
export function prepareBatchNorm(
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
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new RangeError(
      `${fn}() expects an epsilon of 0 or more but found ${
        shown(epsilon)
      }: pass a small number such as 0.001`,
    );
  }
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
