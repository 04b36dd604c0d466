import type * as tensorflow from "@tensorflow/tfjs";
import { type Random, random } from "../../base/random.ts";
import type { Tf } from "../tf.ts";
import { type Inputs, only } from "./only.ts";

/** Settings of a dropout; a saved model keeps them. */
export interface DropoutSettings {
  readonly name: string;
  readonly rate: number;
  /** Decides the draws. */
  readonly seed: number;
}

/** A dropout layer whose draws a seed decides. */
export function makeSeededDropout(tf: Tf) {
  return class SeededDropout extends tf.layers.Layer {
    static className = "SeededDropout";
    readonly #stream: Random;

    constructor(readonly settings: DropoutSettings) {
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

    override call(
      inputs: Inputs,
      { training }: { training?: boolean },
    ) {
      const x = only(inputs);
      const { rate } = this.settings;
      if (!training || rate === 0) return tf.tidy(() => x.clone());
      // tfjs's own layer would draw the same mask in each step from one seed.
      return tf.tidy(() =>
        tf.dropout(x, rate, undefined, this.#stream.integer(2 ** 31))
      );
    }
  };
}
