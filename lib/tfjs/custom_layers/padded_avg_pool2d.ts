import type * as tensorflow from "@tensorflow/tfjs";
import { paddingAmounts } from "../../layers/mod.ts";
import type { Tf } from "../load.ts";
import { type Inputs, only } from "./only.ts";

/**
 * The layer of a mean over padded windows.
 *
 * tfjs's own gradient divides by the whole window also where only a part of it
 * lies on the image (its forward does not). Here zeros are put around the image,
 * so that no window is cut off, and the means are scaled afterwards.
 */
export function makePaddedAvgPool2d(tf: Tf) {
  return class PaddedAvgPool2d extends tf.layers.Layer {
    static className = "PaddedAvgPool2d";

    constructor(
      name: string,
      readonly size: [number, number],
      readonly strides: [number, number],
    ) {
      super({ name });
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      return [
        inputShape[0],
        Math.ceil(inputShape[1]! / this.strides[0]),
        Math.ceil(inputShape[2]! / this.strides[1]),
        inputShape[3],
      ];
    }

    override call(inputs: Inputs) {
      return tf.tidy(() => {
        const x = only(inputs);
        const [rows, columns] = ([0, 1] as const).map((axis) =>
          windows(x.shape[axis + 1], this.size[axis], this.strides[axis])
        );
        const padded = tf.pad(x, [
          [0, 0],
          rows.padding,
          columns.padding,
          [0, 0],
        ]);
        const mean = tf.avgPool(padded, this.size, this.strides, "valid");
        // size / (pixels of the window that lie on the image)
        const scale = tf.mul(
          tf.tensor4d(rows.scale, [1, rows.scale.length, 1, 1]),
          tf.tensor4d(columns.scale, [1, 1, columns.scale.length, 1]),
        );
        return tf.mul(mean, scale);
      });
    }
  };
}

/** The padding of one axis, and size / pixels on the image for each window. */
function windows(
  length: number,
  size: number,
  stride: number,
): { padding: [number, number]; scale: number[] } {
  const { before, after } = paddingAmounts(length, {
    size,
    stride,
    padding: "same",
  });
  const scale: number[] = [];
  for (let i = 0; i < Math.ceil(length / stride); i++) {
    const start = i * stride - before;
    const inside = Math.min(start + size, length) - Math.max(start, 0);
    scale.push(size / inside);
  }
  return { padding: [before, after], scale };
}
