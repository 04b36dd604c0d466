import type * as tensorflow from "@tensorflow/tfjs";
import type { Random } from "../../random.ts";
import type { Tf } from "../load.ts";
import { type Inputs, only } from "./only.ts";

/** A dropout layer whose draws a stream decides. */
export function makeSeededDropout(tf: Tf) {
  return class SeededDropout extends tf.layers.Layer {
    static className = "SeededDropout";

    constructor(name: string, readonly rate: number, readonly stream: Random) {
      super({ name });
      this.supportsMasking = true;
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      return inputShape;
    }

    override call(
      inputs: Inputs,
      { training }: { training?: boolean },
    ) {
      const x = only(inputs);
      if (!training || this.rate === 0) return tf.tidy(() => x.clone());
      // tfjs's own layer would draw the same mask in each step from one seed.
      return tf.tidy(() =>
        tf.dropout(x, this.rate, undefined, this.stream.integer(2 ** 31))
      );
    }
  };
}
