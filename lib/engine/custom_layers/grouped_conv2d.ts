import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../tf.ts";
import { type Inputs, only } from "./only.ts";

/** Settings of a grouped convolution; a saved model keeps them. */
export interface GroupedSettings {
  readonly name: string;
  readonly filters: number;
  readonly groups: number;
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: "same" | "valid";
  readonly dilationRate: [number, number];
  readonly useBias: boolean;
}

/** The layer of a convolution in groups of channels; tfjs has only the depthwise one. */
export function makeGroupedConv2d(tf: Tf) {
  return class GroupedConv2d extends tf.layers.Layer {
    static className = "GroupedConv2d";
    #kernel?: tensorflow.LayerVariable;
    #bias?: tensorflow.LayerVariable;

    constructor(readonly settings: GroupedSettings) {
      super({ ...settings });
    }

    override getConfig() {
      const { filters, groups, kernelSize, strides } = this.settings;
      const { padding, dilationRate, useBias } = this.settings;
      return {
        ...super.getConfig(),
        ...{ filters, groups, kernelSize, strides },
        ...{ padding, dilationRate, useBias },
      };
    }

    override build(inputShape: tensorflow.Shape): void {
      const { filters, groups } = this.settings;
      const cin = inputShape[3]! / groups;
      const zeros = tf.initializers.zeros();
      this.#kernel = this.addWeight(
        "kernel",
        [
          ...this.settings.kernelSize,
          cin,
          filters,
        ],
        "float32",
        zeros,
      );
      if (this.settings.useBias) {
        this.#bias = this.addWeight("bias", [filters], "float32", zeros);
      }
      super.build(inputShape);
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      const { kernelSize, strides, padding, dilationRate } = this.settings;
      const along = (axis: 0 | 1) => {
        const span = (kernelSize[axis] - 1) * dilationRate[axis] + 1;
        const length = inputShape[axis + 1]!;
        return padding === "same"
          ? Math.ceil(length / strides[axis])
          : Math.floor((length - span) / strides[axis]) + 1;
      };
      return [inputShape[0], along(0), along(1), this.settings.filters];
    }

    override call(inputs: Inputs) {
      return tf.tidy(() => {
        const { groups, strides, padding, dilationRate } = this.settings;
        const parts = tf.split(only(inputs), groups, 3);
        const kernels = tf.split(
          this.#kernel!.read() as tensorflow.Tensor4D,
          groups,
          3,
        );
        const y = tf.concat(
          parts.map((x, g) =>
            tf.conv2d(
              x as tensorflow.Tensor4D,
              kernels[g] as tensorflow.Tensor4D,
              strides,
              padding,
              "NHWC",
              dilationRate,
            )
          ),
          3,
        );
        return this.#bias ? tf.add(y, this.#bias.read()) : y;
      });
    }
  };
}
