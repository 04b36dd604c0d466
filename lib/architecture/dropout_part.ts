import type { Random } from "../random.ts";
import { allocate, type Tensor } from "../tensor.ts";
import type { Part } from "./parts.ts";

/**
 * Sets a random share of the values to zero in training, and divides the others
 * by the share that stays, so that the mean is kept and nothing changes in use.
 */
export class DropoutPart implements Part {
  #mask?: Tensor;

  constructor(readonly rate: number, readonly stream: Random) {}

  forward(x: Tensor, training: boolean): Tensor {
    this.#mask = undefined;
    if (!training || this.rate === 0) return x;
    const stay = 1 - this.rate;
    const data = allocate(x.data.length, x.data);
    for (let i = 0; i < data.length; i++) {
      data[i] = this.stream.uniform() < stay ? 1 / stay : 0;
    }
    this.#mask = { shape: x.shape, data };
    return this.#times(x);
  }

  backward(dy: Tensor): Tensor {
    return this.#mask ? this.#times(dy) : dy;
  }

  #times(x: Tensor): Tensor {
    const data = x.data.slice();
    for (let i = 0; i < data.length; i++) data[i] *= this.#mask!.data[i];
    return { shape: [...x.shape], data };
  }
}
