/**
 * Layers of tfjs that train faster on wasm with kernels of ours.
 *
 * tfjs trains a convolution or a dense layer with a bias as one fused operation,
 * which makes the gradient of the input even where nobody asks for it, and batch
 * normalisation as a dozen passes. The layers' configuration, weights and results
 * stay as they are; outside training on wasm, tfjs's own code runs.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { BIASED } from "./conv2d.ts";
import { BIASED_PRODUCT } from "./matmul.ts";
import { TRAINING } from "./norm.ts";
import { differentiating } from "./register.ts";

type Tensor = tf.Tensor;
type Call = (
  inputs: Tensor | Tensor[],
  kwargs: Record<string, unknown>,
) => Tensor | Tensor[];

/** What we use of tfjs's layers. */
interface Layer {
  call: Call;
  invokeCallHook(
    inputs: Tensor | Tensor[],
    kwargs: Record<string, unknown>,
  ): void;
  kernel: tf.LayerVariable;
  bias?: tf.LayerVariable;
  activation: { getClassName(): string; apply(x: Tensor): Tensor };
  strides: number[];
  padding: string;
  dilationRate: number | number[];
  dataFormat: string;
  axis: number;
  epsilon: number;
  momentum: number;
  gamma?: tf.LayerVariable;
  beta?: tf.LayerVariable;
  movingMean: tf.LayerVariable;
  movingVariance: tf.LayerVariable;
}

/** Teaches Conv2D, Dense and BatchNormalization their ways on wasm. */
export function teachLayers(): void {
  const { layers } = tf;
  // Named, so that no number is used up for the names of layers to come.
  const name = "example";
  replace(
    layers.conv2d({ name, filters: 1, kernelSize: 1 }),
    (layer, x) => trainsOnWasm(x) ? convolution(layer, x) : undefined,
  );
  replace(
    layers.dense({ name, units: 1 }),
    (layer, x, kwargs) => trainsOnWasm(x) ? dense(layer, x, kwargs) : undefined,
  );
  replace(
    layers.batchNormalization({ name }),
    (layer, x, { training }) =>
      training && onWasm(x) ? normalization(layer, x) : undefined,
  );
}

/** Puts `call` before the call of a layer's class; undefined passes on. */
function replace(
  example: tf.layers.Layer,
  call: (
    layer: Layer,
    x: Tensor,
    kwargs: Record<string, unknown>,
  ) => Tensor | undefined,
) {
  const prototype = Object.getPrototypeOf(example) as Layer;
  const stock = prototype.call;
  prototype.call = function (this: Layer, inputs, kwargs) {
    const x = Array.isArray(inputs)
      ? inputs.length === 1 ? inputs[0] : undefined
      : inputs;
    return (x && call(this, x, kwargs ?? {})) ??
      stock.call(this, inputs, kwargs);
  };
}

const onWasm = (x: Tensor) =>
  tf.getBackend() === "wasm" && x.dtype === "float32";

const trainsOnWasm = (x: Tensor) => onWasm(x) && differentiating();

function activate(layer: Layer, y: Tensor): Tensor {
  return layer.activation.getClassName() === "linear"
    ? y
    : layer.activation.apply(y);
}

function convolution(layer: Layer, x: Tensor): Tensor | undefined {
  const { strides, padding, dilationRate, dataFormat } = layer;
  const last = dataFormat === undefined || dataFormat === "channelsLast";
  if (!last || x.rank !== 4) return undefined;
  return tf.tidy(() => {
    const filter = layer.kernel.read() as tf.Tensor4D;
    const dilations = typeof dilationRate === "number"
      ? [dilationRate, dilationRate]
      : dilationRate;
    const attrs = { strides, pad: padding, dilations, dataFormat: "NHWC" };
    const bias = layer.bias?.read();
    const y = bias
      ? tf.engine().runKernel(BIASED, { x, filter, bias }, attrs)
      : tf.engine().runKernel("Conv2D", { x, filter }, attrs);
    return activate(layer, y as Tensor);
  });
}

function dense(
  layer: Layer,
  x: Tensor,
  kwargs: Record<string, unknown>,
): Tensor | undefined {
  if (x.rank !== 2 || layer.bias === undefined || layer.bias === null) {
    return undefined;
  }
  const inputs = { a: x, b: layer.kernel.read(), bias: layer.bias.read() };
  return tf.tidy(() => {
    layer.invokeCallHook(x, kwargs);
    return activate(
      layer,
      tf.engine().runKernel(BIASED_PRODUCT, inputs) as Tensor,
    );
  });
}

function normalization(layer: Layer, x: Tensor): Tensor | undefined {
  const { gamma, beta, epsilon, momentum } = layer;
  const axis = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const ours = axis === x.rank - 1 && x.rank > 1 && x.size > 0;
  if (!gamma || !beta || !ours) return undefined;
  return tf.tidy(() => {
    const [y, mean, variance] = tf.engine().runKernel(TRAINING, {
      x,
      gamma: gamma.read(),
      beta: beta.read(),
    }, { epsilon }) as Tensor[];
    const move = (average: tf.LayerVariable, value: Tensor) => {
      const old = average.read();
      const step = tf.mul(tf.sub(old, value), 1 - momentum);
      average.write(tf.sub(old, step));
    };
    move(layer.movingMean, mean);
    move(layer.movingVariance, variance);
    return y;
  });
}
