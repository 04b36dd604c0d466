import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../tf.ts";
import { type Inputs, only } from "./only.ts";

/** Settings of the shortcut; a saved model keeps them. */
export interface ShortcutSettings {
  readonly name: string;
  readonly filters: number;
  readonly strides: [number, number];
}

/** The layer that keeps every strides-th pixel and appends channels of zeros. */
export function makePadShortcut(tf: Tf) {
  return class PadShortcut extends tf.layers.Layer {
    static className = "PadShortcut";

    constructor(readonly settings: ShortcutSettings) {
      super({ ...settings });
    }

    override getConfig() {
      const { filters, strides } = this.settings;
      return { ...super.getConfig(), filters, strides };
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      const { filters, strides } = this.settings;
      return [
        inputShape[0],
        Math.ceil(inputShape[1]! / strides[0]),
        Math.ceil(inputShape[2]! / strides[1]),
        filters,
      ];
    }

    override call(inputs: Inputs) {
      return tf.tidy(() => {
        // A pooling over one pixel keeps every strides-th; tfjs has no gradient
        // for a slice with steps.
        const { filters, strides } = this.settings;
        const kept = tf.maxPool(only(inputs), 1, strides, "valid");
        const missing = filters - kept.shape[3];
        return tf.pad(kept, [[0, 0], [0, 0], [0, 0], [0, missing]]);
      });
    }
  };
}
