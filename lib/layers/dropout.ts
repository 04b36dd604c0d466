import type * as tensorflow from "@tensorflow/tfjs";
import { checkSeedOrStream, settle } from "../base/options.ts";
import { type Random, random } from "../base/random.ts";
import { streamFor } from "../base/stream.ts";
import { sizeOf, type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import { checkRange } from "../base/range.ts";
import { define, flow, type Kind } from "./define.ts";
import { share } from "./setting.ts";
import { type Inputs, only, tfjsClass } from "./tfjs/class.ts";

/**
 * Drops each value with probability `rate` and scales the others up by
 * 1 / (1 - rate), so that the expected value stays. For training only.
 *
 * Source: Srivastava et al., "Dropout", 2014; scaled in training as usual today.
 *
 * @param x Any shape.
 * @param options `rate` from 0 to below 1; `seed`: a whole number or a stream.
 * @returns `y`, and the `mask` of factors (0 or 1 / (1 - rate)), both like x.
 * @throws {TypeError} An x that is no tensor; an unknown option.
 * @throws {RangeError} A rate outside 0 to 1; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { dropout, tensor } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const { y } = dropout(tensor([1, 1, 1, 1]), { rate: 0.5, seed: 1 });
 * assert(y.data.every((value) => value === 0 || value === 2));
 * ```
 */
export function dropout(
  x: Tensor,
  options: { rate: number; seed: number | Random },
): { y: Tensor; mask: Tensor } {
  const { rate, seed } = settle("dropout", options, {
    rate: undefined,
    seed: undefined,
  });
  checkTensor("dropout", "x", x);
  const remedy = "0.5 drops one half";
  checkRange("dropout", "a rate", rate, { from: 0, below: 1, remedy });
  checkSeedOrStream("dropout", seed);
  const stream = typeof seed === "object" ? seed : streamFor(seed, "dropout");
  const y = zerosLike(x);
  const mask = zerosLike(x);
  for (let i = 0; i < mask.data.length; i++) {
    mask.data[i] = stream.uniform() < rate ? 0 : 1 / (1 - rate);
    y.data[i] = x.data[i] * mask.data[i];
  }
  return { y, mask };
}

/**
 * Gradient of {@linkcode dropout}: dy * mask.
 *
 * @param mask The mask that dropout() returned.
 * @param dy Gradient of the loss for dropout()'s y, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than the mask.
 *
 * @example
 * ```ts
 * import { dropoutBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = dropoutBackward(tensor([0, 2]), tensor([5, 5]));
 * assertEquals([...dx.data], [0, 10]);
 * ```
 */
export function dropoutBackward(mask: Tensor, dy: Tensor): Tensor {
  checkTensor("dropoutBackward", "mask", mask);
  checkShape(
    "dropoutBackward",
    "dy",
    dy,
    mask.shape,
    "dy has the mask's shape",
  );
  const dx = zerosLike(mask);
  for (let i = 0; i < dx.data.length; i++) {
    dx.data[i] = dy.data[i] * mask.data[i];
  }
  return dx;
}

/** Sets a random share of the values to zero, in training only. */
export interface DropoutLayer {
  readonly kind: "dropout";
  readonly name?: string;
  /** Share that is set to zero, from 0 to below 1. */
  readonly rate: number;
}

/** Dropout in a network: new draws in each training step, the identity in use. */
export const dropoutLayer: Kind<DropoutLayer> = define({
  kind: "dropout",
  settings: { rate: share("of the values is set to zero") },
  shape: (input) => input,
  run(x, _weights, { rate }, { training, stream }) {
    if (!training) return [x, (dy) => flow(dy)];
    const { y, mask } = dropout(x, { rate, seed: stream });
    return [y, (dy) => flow(dropoutBackward(mask, dy))];
  },
  draws: true,
  // the mask, and what is copied to be done apart
  inside: (input, { rate }) => rate === 0 ? 0 : 2 * sizeOf(input),
  label: () => "dropout",
  small: true,
  tfjs: (tf, { rate }, { name, stream }) =>
    new (seededDropout(tf))({ name, rate, seed: stream.integer(2 ** 31) }),
  tfjsClass: (tf) => seededDropout(tf),
});

/** Settings of a dropout in tfjs; a saved model keeps them. */
interface Seeded {
  readonly name: string;
  readonly rate: number;
  /** Decides the draws. */
  readonly seed: number;
}

/** A dropout whose draws a seed decides; tfjs's own draws one mask from one seed. */
const seededDropout = tfjsClass((tf) =>
  class SeededDropout extends tf.layers.Layer {
    static className = "SeededDropout";
    readonly #stream: Random;

    constructor(readonly settings: Seeded) {
      super({ ...settings });
      this.#stream = random(settings.seed);
      this.supportsMasking = true;
    }

    override getConfig() {
      const { rate, seed } = this.settings;
      return { ...super.getConfig(), rate, seed };
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      return inputShape;
    }

    override call(inputs: Inputs, { training }: { training?: boolean }) {
      const x = only(inputs);
      const { rate } = this.settings;
      if (!training || rate === 0) return tf.tidy(() => x.clone());
      return tf.tidy(() =>
        tf.dropout(x, rate, undefined, this.#stream.integer(2 ** 31))
      );
    }
  }
);
