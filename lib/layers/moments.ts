import { shapeText, type Tensor } from "../base/tensor.ts";
import { checkTensor } from "../base/check.ts";
import { narrow, widen } from "./fast/product.ts";

/** Mean and variance of each channel. */
export interface Moments {
  /** [C] */
  mean: Tensor;
  /** Divided by the number of values, not by one fewer: [C]. */
  variance: Tensor;
}

/**
 * Mean and variance of each channel (the last axis) over all other axes.
 * Throws a TypeError at fewer than 2 axes, or none filled.
 */
export function moments(x: Tensor): Moments {
  const channels = checkNormalised("moments", x);
  const { mean, variance } = channelMoments(widen(x.data), channels);
  return {
    mean: { shape: [channels], data: narrow(mean, x.data) },
    variance: { shape: [channels], data: narrow(variance, x.data) },
  };
}

/** Number of channels of a normalised input. */
export function checkNormalised(fn: string, x: Tensor): number {
  checkTensor(fn, "x", x);
  if (x.shape.length < 2 || x.data.length === 0) {
    throw new TypeError(
      `${fn}() expects x [N, ..., C] with 2 axes or more, none empty, but found ${
        shapeText(x.shape)
      }: the last axis holds the channels`,
    );
  }
  return x.shape[x.shape.length - 1];
}

/** Mean, then variance around it: two passes lose no digits. */
export function channelMoments(
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
