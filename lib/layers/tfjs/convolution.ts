/**
 * The convolution of tfjs, and the one in groups of channels that it lacks.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Place } from "../define.ts";
import { outputLength } from "../window.ts";
import { type Inputs, only, type Tf, tfjsClass } from "./class.ts";

/** Settings of a convolution, defaults filled in. */
interface Settings {
  readonly filters: number;
  readonly groups: number;
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: "same" | "valid";
  readonly useBias: boolean;
}

/** What tfjs calls the rest; a saved model keeps all. */
interface Tfjs {
  readonly name: string;
  readonly dilationRate: [number, number];
}

/** An ordinary, depthwise or grouped convolution. */
export function tfjsConvolution(
  tf: Tf,
  { dilations: dilationRate, ...settings }: Settings & {
    readonly dilations: [number, number];
  },
  { name, inputShape }: Place,
): tensorflow.layers.Layer {
  const { strides, groups, filters } = settings;
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new RangeError(
      `toLayersModel() expects strides or dilations of 1 in "${name}" but found strides ${strides} and dilations ${dilationRate}: tfjs cannot do both at once, buildNetwork() can`,
    );
  }
  const all = { ...settings, name, dilationRate };
  if (groups === 1) {
    return tf.layers.conv2d({ ...all, kernelInitializer: "zeros" });
  }
  if (groups === inputShape[2]) {
    return tf.layers.depthwiseConv2d({
      ...all,
      depthMultiplier: filters / groups,
      depthwiseInitializer: "zeros",
    });
  }
  return new (groupedConv2d(tf))(all);
}

/** A convolution in groups of channels; tfjs has only the depthwise one. */
export const groupedConv2d = tfjsClass((tf) =>
  class GroupedConv2d extends tf.layers.Layer {
    static className = "GroupedConv2d";
    #kernel?: tensorflow.LayerVariable;
    #bias?: tensorflow.LayerVariable;

    constructor(readonly settings: Settings & Tfjs) {
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
      const { kernelSize, filters, groups, useBias } = this.settings;
      const kernel = [...kernelSize, inputShape[3]! / groups, filters];
      const zeros = tf.initializers.zeros();
      this.#kernel = this.addWeight("kernel", kernel, "float32", zeros);
      if (useBias) {
        this.#bias = this.addWeight("bias", [filters], "float32", zeros);
      }
      super.build(inputShape);
    }

    override computeOutputShape([n, height, width]: tensorflow.Shape) {
      const { kernelSize, strides, padding, dilationRate } = this.settings;
      const along = (length: number, axis: 0 | 1) =>
        outputLength(length, {
          size: kernelSize[axis],
          stride: strides[axis],
          padding,
          dilation: dilationRate[axis],
        });
      return [n, along(height!, 0), along(width!, 1), this.settings.filters];
    }

    override call(inputs: Inputs) {
      return tf.tidy(() => {
        const { groups, strides, padding, dilationRate } = this.settings;
        const kernel = this.#kernel!.read();
        const kernels = tf.split<tensorflow.Tensor4D>(kernel, groups, 3);
        const parts = tf.split<tensorflow.Tensor4D>(only(inputs), groups, 3)
          .map((x, g) =>
            tf.conv2d(x, kernels[g], strides, padding, "NHWC", dilationRate)
          );
        const y = tf.concat(parts, 3);
        return this.#bias ? tf.add(y, this.#bias.read()) : y;
      });
    }
  }
);
