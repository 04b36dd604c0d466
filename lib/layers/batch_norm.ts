import type { Tensor } from "../base/tensor.ts";
import {
  type BatchNormOptions,
  prepareBatchNorm,
} from "./batch_norm_options.ts";
import { checkShape } from "../base/check.ts";
import { narrow, widen } from "./fast/product.ts";

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
