import * as tf from "@tensorflow/tfjs";
import { type Inputs, only } from "../../layers/tfjs/class.ts";

type Tensor = tf.Tensor;
type Pair = [number, number];

/**
 * Dilated convolutions: tfjs computes them but refuses to train them, and its
 * depthwise layer forgets the dilation altogether.
 */
export function repairDilations(): void {
  for (const kernelName of ["Conv2D", "DepthwiseConv2dNative"]) {
    const stock = tf.getGradient(kernelName);
    tf.registerGradient({
      ...stock,
      gradFunc: (dy, saved, attrs) => {
        const dilations = pair(attrs.dilations as number | Pair);
        return Math.max(...dilations) > 1
          ? dilatedGradients(kernelName, dy as Tensor, saved, attrs)
          : stock.gradFunc(dy, saved, attrs);
      },
    });
  }
  repairLayers();
}

const pair = (value: number | readonly number[] | null | undefined): Pair =>
  typeof value === "object" && value !== null
    ? [value[0], value[1]]
    : [value ?? 1, value ?? 1];

/**
 * Gradients by way of a larger kernel without dilation, whose holes are zeros:
 * the engines' own kernels know no dilations.
 */
function dilatedGradients(
  kernelName: string,
  dy: Tensor,
  [x, filter]: Tensor[],
  attrs: tf.NamedAttrMap,
) {
  const dilations = pair(attrs.dilations as number | Pair);
  const run = (
    gradient: string,
    inputs: Record<string, Tensor>,
    more: object,
  ) =>
    tf.engine().runKernel(`${kernelName}Backprop${gradient}`, inputs, {
      ...attrs,
      dilations: [1, 1],
      ...more,
    } as tf.NamedAttrMap) as Tensor;
  return {
    x: () => {
      const spread = spreadAxis(spreadAxis(filter, 0, dilations), 1, dilations);
      return run("Input", { dy, filter: spread }, { inputShape: x.shape });
    },
    filter: () => {
      const spans = filter.shape.map((length, axis) =>
        axis < 2 ? (length - 1) * dilations[axis] + 1 : length
      );
      const wide = run("Filter", { x, dy }, { filterShape: spans });
      return [0, 1].reduce((value, axis) => {
        const places = Array.from(
          { length: filter.shape[axis] },
          (_, i) => i * dilations[axis],
        );
        return tf.gather(value, tf.tensor1d(places, "int32"), axis);
      }, wide);
    },
  };
}

/** Puts zeros between a kernel's numbers along one axis. */
function spreadAxis(filter: Tensor, axis: number, dilations: Pair): Tensor {
  const length = filter.shape[axis], step = dilations[axis];
  if (step === 1) return filter;
  const zeros = tf.zeros(filter.shape.map((n, i) => i === axis ? 1 : n));
  const places = Array.from(
    { length: (length - 1) * step + 1 },
    (_, i) => i % step === 0 ? i / step : length,
  );
  return tf.gather(
    tf.concat([filter, zeros], axis),
    tf.tensor1d(places, "int32"),
    axis,
  );
}

/** What we use of tfjs's two layers. */
interface Layer {
  kernelSize: number[];
  strides: Pair;
  padding: "same" | "valid";
  dataFormat?: string;
  dilationRate: number | number[];
  kernel: tf.LayerVariable;
  depthwiseKernel: tf.LayerVariable;
  bias?: tf.LayerVariable;
  activation?: { apply(x: Tensor): Tensor };
  call(inputs: Inputs, kwargs: object): Tensor | Tensor[];
  computeOutputShape(shape: tf.Shape): tf.Shape;
}

function repairLayers(): void {
  const { layers } = tf;
  const prototype = (layer: tf.layers.Layer) =>
    Object.getPrototypeOf(layer) as Layer;
  // Named, so that no number is used up for the names of layers to come.
  const name = "example";
  const plain = prototype(layers.conv2d({ name, filters: 1, kernelSize: 1 }));
  const depthwise = prototype(layers.depthwiseConv2d({ name, kernelSize: 1 }));
  replace(plain, (x, layer) =>
    tf.conv2d(
      ...[
        x,
        layer.kernel.read() as tf.Tensor4D,
        layer.strides,
      ] as const,
      ...[layer.padding, "NHWC", pair(layer.dilationRate)] as const,
    ));
  replace(depthwise, (x, layer) =>
    tf.depthwiseConv2d(
      ...[x, layer.depthwiseKernel.read() as tf.Tensor4D] as const,
      ...[layer.strides, layer.padding, "NHWC"] as const,
      pair(layer.dilationRate),
    ));
  const { computeOutputShape } = depthwise;
  depthwise.computeOutputShape = function (this: Layer, shape) {
    const dilations = pair(this.dilationRate);
    const spans = this.kernelSize.map((size, axis) =>
      (size - 1) * dilations[axis] + 1
    );
    return computeOutputShape.call(
      Object.create(this, { kernelSize: { value: spans } }),
      shape,
    );
  };
}

/** Computes a dilated layer by `convolve`, and its bias and activation. */
function replace(
  prototype: Layer,
  convolve: (x: tf.Tensor4D, layer: Layer) => Tensor,
): void {
  const stock = prototype.call;
  prototype.call = function (this: Layer, inputs, kwargs) {
    if (Math.max(...pair(this.dilationRate)) === 1) {
      return stock.call(this, inputs, kwargs);
    }
    return tf.tidy(() => {
      const first = this.dataFormat === "channelsFirst";
      const x = only(inputs);
      const last = first ? tf.transpose(x, [0, 2, 3, 1]) : x;
      let y = convolve(last, this);
      if (this.bias) y = tf.add(y, this.bias.read());
      if (first) y = tf.transpose(y, [0, 3, 1, 2]);
      return this.activation ? this.activation.apply(y) : y;
    });
  };
}
