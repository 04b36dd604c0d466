import * as tf from "@tensorflow/tfjs";
import {
  type Attributes,
  type Layer,
  pair,
  runKernel,
  type Tensor,
  wrapGradient,
  wrapLayer,
} from "../stock.ts";

const CONVOLUTIONS = ["Conv2D", "DepthwiseConv2dNative"];

/**
 * Gradients of a convolution's gradients, which tfjs lacks: by the kernel, and
 * both of a depthwise one.
 *
 * A convolution is linear in the image and in the kernel, so each of these is a
 * convolution or one of its gradients again, with what comes back in the place
 * of image or kernel.
 */
export function repairConvolutionGradients(): void {
  for (const name of CONVOLUTIONS) {
    const toInput = `${name}BackpropInput`, toFilter = `${name}BackpropFilter`;
    tf.registerGradient({
      kernelName: toFilter,
      inputsToSave: ["x", "dy"],
      gradFunc: (back, [x, dy], attrs) => {
        const filter = back as Tensor,
          given = { ...attrs, inputShape: x.shape };
        return {
          x: () => runKernel(toInput, { dy, filter }, given),
          dy: () => runKernel(name, { x, filter }, attrs),
        };
      },
    });
    if (tf.getGradient(toInput) !== undefined) continue;
    tf.registerGradient({
      kernelName: toInput,
      inputsToSave: ["dy", "filter"],
      gradFunc: (back, [dy, filter], attrs) => {
        const x = back as Tensor,
          given = { ...attrs, filterShape: filter.shape };
        return {
          dy: () => runKernel(name, { x, filter }, attrs),
          filter: () => runKernel(toFilter, { x, dy }, given),
        };
      },
    });
  }
}

/**
 * Dilated convolutions: tfjs computes them but refuses to train them, and its
 * depthwise layer forgets the dilation altogether.
 */
export function repairDilations(): void {
  for (const name of CONVOLUTIONS) {
    wrapGradient(
      name,
      (dy, saved, attrs) =>
        Math.max(...pair(attrs.dilations)) > 1
          ? dilatedGradients(name, dy, saved, attrs)
          : undefined,
    );
  }
  repairLayers();
}

/**
 * Gradients by way of a larger kernel without dilation, whose holes are zeros:
 * the engines' own kernels know no dilations.
 */
function dilatedGradients(
  name: string,
  dy: Tensor,
  [x, filter]: Tensor[],
  attrs: Attributes,
) {
  const dilations = pair(attrs.dilations);
  const given = { ...attrs, dilations: [1, 1] };
  return {
    x: () => {
      const spread = dilations.reduce(spreadAxis, filter);
      const to = { ...given, inputShape: x.shape };
      return runKernel(`${name}BackpropInput`, { dy, filter: spread }, to);
    },
    filter: () => {
      const filterShape = filter.shape.map((length, axis) =>
        axis < 2 ? (length - 1) * dilations[axis] + 1 : length
      );
      const to = { ...given, filterShape };
      const wide = runKernel(`${name}BackpropFilter`, { x, dy }, to);
      return dilations.reduce((value, step, axis) => {
        const length = filter.shape[axis];
        const places = Array.from({ length }, (_, i) => i * step);
        return tf.gather(value, tf.tensor1d(places, "int32"), axis);
      }, wide);
    },
  };
}

/** Puts step - 1 zeros between a kernel's numbers along an axis. */
function spreadAxis(filter: Tensor, step: number, axis: number): Tensor {
  if (step === 1) return filter;
  const length = filter.shape[axis];
  const zeros = tf.zeros(filter.shape.map((n, i) => i === axis ? 1 : n));
  const places = Array.from(
    { length: (length - 1) * step + 1 },
    (_, i) => i % step === 0 ? i / step : length,
  );
  const both = tf.concat([filter, zeros], axis);
  return tf.gather(both, tf.tensor1d(places, "int32"), axis);
}

function repairLayers(): void {
  // Named, so that no number is used up for the names of layers to come.
  const name = "example";
  const plain = tf.layers.conv2d({ name, filters: 1, kernelSize: 1 });
  const depthwise = tf.layers.depthwiseConv2d({ name, kernelSize: 1 });
  wrapDilated(plain, tf.conv2d, ({ kernel }) => kernel);
  wrapDilated(depthwise, tf.depthwiseConv2d, (layer) => layer.depthwiseKernel);
  const prototype = Object.getPrototypeOf(depthwise) as Layer;
  const { computeOutputShape } = prototype;
  prototype.computeOutputShape = function (this: Layer, shape) {
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

/** Computes a layer's dilated convolution by `convolve`, with bias and activation. */
function wrapDilated(
  example: tf.layers.Layer,
  convolve: typeof tf.conv2d | typeof tf.depthwiseConv2d,
  kernelOf: (layer: Layer) => tf.LayerVariable,
): void {
  wrapLayer(example, (layer, x) => {
    const dilations = pair(layer.dilationRate);
    if (Math.max(...dilations) === 1) return undefined;
    return tf.tidy(() => {
      const first = layer.dataFormat === "channelsFirst";
      const last = (first ? tf.transpose(x, [0, 2, 3, 1]) : x) as tf.Tensor4D;
      const kernel = kernelOf(layer).read() as tf.Tensor4D;
      const { strides, padding } = layer;
      let y: Tensor = convolve(
        last,
        kernel,
        strides,
        padding,
        "NHWC",
        dilations,
      );
      if (layer.bias) y = tf.add(y, layer.bias.read());
      if (first) y = tf.transpose(y, [0, 3, 1, 2]);
      return layer.activation ? layer.activation.apply(y) : y;
    });
  });
}
