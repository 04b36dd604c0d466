/**
 * Layers that tfjs lacks: grouped convolution, the shortcut without parameters,
 * and a dropout whose draws a seed decides.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import type { Tf } from "./load.ts";

type Tensor4D = tensorflow.Tensor4D;

/** Settings of a grouped convolution. */
export interface GroupedSettings {
  readonly name: string;
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: "same" | "valid";
  readonly dilationRate: [number, number];
  readonly useBias: boolean;
}

let made: ReturnType<typeof make> | undefined;

/** The classes, made once tfjs is loaded. */
export function customLayers(tf: Tf): ReturnType<typeof make> {
  return made ??= make(tf);
}

/** tfjs hands a layer one tensor, or an array of one. */
const only = (inputs: tensorflow.Tensor | tensorflow.Tensor[]): Tensor4D =>
  (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;

/** Makes the classes on top of tfjs's Layer. */
function make(tf: Tf) {
  class GroupedConv2d extends tf.layers.Layer {
    static className = "GroupedConv2d";
    #kernel?: tensorflow.LayerVariable;
    #bias?: tensorflow.LayerVariable;

    constructor(
      readonly settings: GroupedSettings,
      readonly filters: number,
      readonly groups: number,
    ) {
      super({ name: settings.name });
    }

    override build(inputShape: tensorflow.Shape): void {
      const cin = inputShape[3]! / this.groups;
      const zeros = tf.initializers.zeros();
      this.#kernel = this.addWeight(
        "kernel",
        [
          ...this.settings.kernelSize,
          cin,
          this.filters,
        ],
        "float32",
        zeros,
      );
      if (this.settings.useBias) {
        this.#bias = this.addWeight("bias", [this.filters], "float32", zeros);
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
      return [inputShape[0], along(0), along(1), this.filters];
    }

    override call(inputs: tensorflow.Tensor | tensorflow.Tensor[]) {
      return tf.tidy(() => {
        const { strides, padding, dilationRate } = this.settings;
        const parts = tf.split(only(inputs), this.groups, 3);
        const kernels = tf.split(
          this.#kernel!.read() as Tensor4D,
          this.groups,
          3,
        );
        const y = tf.concat(
          parts.map((x, g) =>
            tf.conv2d(
              x as Tensor4D,
              kernels[g] as Tensor4D,
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
  }

  class PadShortcut extends tf.layers.Layer {
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

    override call(inputs: tensorflow.Tensor | tensorflow.Tensor[]) {
      return tf.tidy(() => {
        // A pooling over one pixel keeps every strides-th; tfjs has no gradient
        // for a slice with steps.
        const kept = tf.maxPool(only(inputs), 1, this.strides, "valid");
        const missing = this.filters - kept.shape[3];
        return tf.pad(kept, [[0, 0], [0, 0], [0, 0], [0, missing]]);
      });
    }
  }

  class SeededDropout extends tf.layers.Layer {
    static className = "SeededDropout";

    constructor(name: string, readonly rate: number, readonly stream: Random) {
      super({ name });
      this.supportsMasking = true;
    }

    override computeOutputShape(inputShape: tensorflow.Shape) {
      return inputShape;
    }

    override call(
      inputs: tensorflow.Tensor | tensorflow.Tensor[],
      { training }: { training?: boolean },
    ) {
      const x = only(inputs);
      if (!training || this.rate === 0) return tf.tidy(() => x.clone());
      // tfjs's own layer would draw the same mask in each step from one seed.
      return tf.tidy(() =>
        tf.dropout(x, this.rate, undefined, this.stream.integer(2 ** 31))
      );
    }
  }

  return { GroupedConv2d, PadShortcut, SeededDropout };
}
