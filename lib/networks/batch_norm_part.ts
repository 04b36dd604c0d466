import { batchNorm, batchNormBackward, moments } from "../layers/mod.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Part } from "./part.ts";
import type { BatchNormLayer } from "./types.ts";
import type { Weights } from "./weights.ts";

/**
 * Batch normalisation in a network: the batch's own moments in training, moving
 * averages of them in use.
 */
export class BatchNormPart implements Part {
  readonly #weight: (role: string) => Tensor;
  readonly #epsilon?: number;
  readonly #momentum: number;
  #seen?: { x: Tensor; mean: Tensor; variance: Tensor; training: boolean };

  constructor(readonly name: string, layer: BatchNormLayer, weights: Weights) {
    this.#weight = (role) => weights.get(`${name}/${role}`)!;
    this.#epsilon = layer.epsilon;
    this.#momentum = layer.momentum ?? 0.9;
  }

  forward(x: Tensor, training: boolean): Tensor {
    const moving = {
      mean: this.#weight("movingMean"),
      variance: this.#weight("movingVariance"),
    };
    const used = training ? moments(x) : moving;
    const y = batchNorm(x, {
      gamma: this.#weight("gamma"),
      beta: this.#weight("beta"),
      epsilon: this.#epsilon,
      mean: used.mean,
      variance: used.variance,
    });
    // a batch that was refused for its NaN has moved nothing
    if (training) {
      this.#follow(moving.mean, used.mean);
      this.#follow(moving.variance, used.variance);
    }
    this.#seen = { x, ...used, training };
    return y;
  }

  backward(dy: Tensor, gradients: Weights): Tensor {
    const { x, mean, variance, training } = this.#seen!;
    const { dx, dGamma, dBeta } = batchNormBackward(x, dy, {
      gamma: this.#weight("gamma"),
      epsilon: this.#epsilon,
      // Moments of the batch itself move with x; given ones stay.
      ...(training ? {} : { mean, variance }),
    });
    gradients.set(`${this.name}/gamma`, dGamma);
    gradients.set(`${this.name}/beta`, dBeta);
    return dx;
  }

  /** Moves an average towards what this batch has. */
  #follow(average: Tensor, batch: Tensor): void {
    const keep = this.#momentum;
    for (let c = 0; c < average.data.length; c++) {
      average.data[c] = keep * average.data[c] + (1 - keep) * batch.data[c];
    }
  }
}
