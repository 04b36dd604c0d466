import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { type Inputs, only } from "./only.ts";

/** The layer that keeps every strides-th pixel and appends channels of zeros. */
export function makePadShortcut(tf: Tf) {
  return class PadShortcut extends tf.layers.Layer {
    static className = "PadShortcut";

    constructor(
      name: string,
      readonly filters: number,
      readonly strides: [number, number],
    ) {
      super({ name });
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      return [
        inputShape[0],
        Math.ceil(inputShape[1]! / this.strides[0]),
        Math.ceil(inputShape[2]! / this.strides[1]),
        this.filters,
      ];
    }

    override call(inputs: Inputs) {
      return tf.tidy(() => {
        // A pooling over one pixel keeps every strides-th; tfjs has no gradient
        // for a slice with steps.
        const kept = tf.maxPool(only(inputs), 1, this.strides, "valid");
        const missing = this.filters - kept.shape[3];
        return tf.pad(kept, [[0, 0], [0, 0], [0, 0], [0, missing]]);
      });
    }
  };
}
