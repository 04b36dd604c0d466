/**
 * Batch normalisation in a network: the batch's own moments in training, moving
 * averages of them in use.
 *
 * @module
 */
import { batchNorm, batchNormBackward } from "../layers/mod.ts";
import { allocate, type Tensor, zeros } from "../tensor.ts";
import type { Part } from "./parts.ts";
import type { BatchNormLayer } from "./types.ts";
import type { Weights } from "./weights.ts";

/** Runs one batchNorm layer. */
export class BatchNormPart implements Part {
  readonly #name: string;
  readonly #epsilon: number;
  readonly #momentum: number;
  readonly #gamma: Tensor;
  readonly #beta: Tensor;
  readonly #mean: Tensor;
  readonly #variance: Tensor;
  #seen?: Tensor;
  #training = false;

  constructor(name: string, layer: BatchNormLayer, weights: Weights) {
    this.#name = name;
    this.#epsilon = layer.epsilon ?? 1e-5;
    this.#momentum = layer.momentum ?? 0.9;
    this.#gamma = weights.get(`${name}/gamma`)!;
    this.#beta = weights.get(`${name}/beta`)!;
    this.#mean = weights.get(`${name}/movingMean`)!;
    this.#variance = weights.get(`${name}/movingVariance`)!;
  }

  forward(x: Tensor, training: boolean): Tensor {
    this.#seen = x;
    this.#training = training;
    if (!training) return this.#scaleAndShift(x);
    this.#follow(x);
    return batchNorm(x, {
      gamma: this.#gamma,
      beta: this.#beta,
      epsilon: this.#epsilon,
    });
  }

  backward(dy: Tensor, gradients: Weights): Tensor {
    const { dx, dGamma, dBeta } = this.#training
      ? batchNormBackward(this.#seen!, dy, {
        gamma: this.#gamma,
        beta: this.#beta,
        epsilon: this.#epsilon,
      })
      : this.#fixedBackward(this.#seen!, dy);
    gradients.set(`${this.#name}/gamma`, dGamma);
    gradients.set(`${this.#name}/beta`, dBeta);
    return dx;
  }

  /** Moves the averages towards the moments of this batch. */
  #follow(x: Tensor): void {
    const { mean, variance } = moments(x);
    const keep = this.#momentum;
    for (let c = 0; c < mean.length; c++) {
      this.#mean.data[c] = keep * this.#mean.data[c] + (1 - keep) * mean[c];
      this.#variance.data[c] = keep * this.#variance.data[c] +
        (1 - keep) * variance[c];
    }
  }

  /** With fixed moments each value is scaled and shifted by itself. */
  #scaleAndShift(x: Tensor): Tensor {
    const inverse = this.#inverseDeviation();
    const channels = inverse.length;
    const y = { shape: [...x.shape], data: allocate(x.data.length, x.data) };
    for (let i = 0; i < x.data.length; i++) {
      const c = i % channels;
      y.data[i] = (x.data[i] - this.#mean.data[c]) * inverse[c] *
          this.#gamma.data[c] + this.#beta.data[c];
    }
    return y;
  }

  #fixedBackward(x: Tensor, dy: Tensor) {
    const inverse = this.#inverseDeviation();
    const channels = inverse.length;
    const dx = { shape: [...x.shape], data: allocate(x.data.length, x.data) };
    const like = x.data instanceof Float64Array ? "float64" : "float32";
    const dGamma = zeros([channels], like);
    const dBeta = zeros([channels], like);
    for (let i = 0; i < x.data.length; i++) {
      const c = i % channels;
      dx.data[i] = dy.data[i] * inverse[c] * this.#gamma.data[c];
      dGamma.data[c] += dy.data[i] * (x.data[i] - this.#mean.data[c]) *
        inverse[c];
      dBeta.data[c] += dy.data[i];
    }
    return { dx, dGamma, dBeta };
  }

  /** 1 / sqrt(variance + epsilon) of each channel. */
  #inverseDeviation(): Float64Array {
    return Float64Array.from(
      this.#variance.data,
      (variance) => 1 / Math.sqrt(variance + this.#epsilon),
    );
  }
}

/** Mean and (biased) variance of each channel over batch and places. */
export function moments(
  x: Tensor,
): { mean: Float64Array; variance: Float64Array } {
  const channels = x.shape.at(-1)!;
  const count = x.data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < x.data.length; i++) mean[i % channels] += x.data[i];
  for (let c = 0; c < channels; c++) mean[c] /= count;
  for (let i = 0; i < x.data.length; i++) {
    variance[i % channels] += (x.data[i] - mean[i % channels]) ** 2;
  }
  for (let c = 0; c < channels; c++) variance[c] /= count;
  return { mean, variance };
}
