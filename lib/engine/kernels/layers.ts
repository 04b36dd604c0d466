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
import {
  type Attributes,
  differentiating,
  type Layer,
  onWasm,
  pair,
  runKernel,
  type Tensor,
  wrapLayer,
} from "../stock.ts";
import { foldedInto, isDone } from "../folding.ts";
import { BIASED } from "./conv2d.ts";
import type { WasmBackend } from "./engine.ts";
import { BIASED_PRODUCT } from "./matmul.ts";
import { TRAINING } from "./norm.ts";

/** Teaches Conv2D, Dense and BatchNormalization their ways on wasm. */
export function teachLayers(): void {
  const { layers } = tf;
  const trains = (x: Tensor) => onWasm(x) && differentiating();
  // Named, so that no number is used up for the names of layers to come.
  const name = "example";
  wrapLayer(
    layers.conv2d({ name, filters: 1, kernelSize: 1 }),
    (layer, x) => trains(x) ? convolution(layer, x) : folded("", layer, x),
  );
  wrapLayer(
    layers.depthwiseConv2d({ name, kernelSize: 1 }),
    (layer, x) => trains(x) ? undefined : folded("Depthwise", layer, x),
  );
  for (
    const layer of [
      layers.reLU({ name }),
      layers.activation({ name, activation: "relu" }),
    ]
  ) wrapLayer(layer, (layer, x) => isDone(layer) ? tf.clone(x) : undefined);
  wrapLayer(
    layers.dense({ name, units: 1 }),
    (layer, x, kwargs) =>
      trains(x) || x.rank === 3 && onWasm(x)
        ? dense(layer, x, kwargs)
        : undefined,
  );
  wrapLayer(
    layers.batchNormalization({ name }),
    (layer, x, { training }) =>
      training && onWasm(x) ? normalization(layer, x) : undefined,
  );
}

/** A convolution of an image that nobody looks at before its activation. */
function folded(
  kind: "" | "Depthwise",
  layer: Layer,
  x: Tensor,
): Tensor | undefined {
  const { strides, padding: pad, dataFormat = "channelsLast" } = layer;
  if (dataFormat !== "channelsLast" || x.rank !== 4 || !onWasm(x)) {
    return undefined;
  }
  const activation = foldedInto(layer);
  if (activation === undefined) return undefined;
  return tf.tidy(() => {
    const filter = (kind ? layer.depthwiseKernel : layer.kernel).read();
    const bias = layer.bias?.read();
    const dilations = pair(layer.dilationRate);
    const attrs = { strides, pad, dilations, dataFormat: "NHWC", activation };
    return runKernel(`${kind ? "FusedDepthwiseConv2D" : "FusedConv2D"}`, {
      ...{ x, filter },
      ...(bias ? { bias } : {}),
    }, attrs);
  });
}

const activate = ({ activation }: Layer, y: Tensor): Tensor =>
  activation!.getClassName() === "linear" ? y : activation!.apply(y);

function convolution(layer: Layer, x: Tensor): Tensor | undefined {
  const { strides, padding: pad, dataFormat = "channelsLast" } = layer;
  if (dataFormat !== "channelsLast" || x.rank !== 4) return undefined;
  return tf.tidy(() => {
    const filter = layer.kernel.read(), bias = layer.bias?.read();
    const dilations = pair(layer.dilationRate);
    const attrs = { strides, pad, dilations, dataFormat: "NHWC" };
    return activate(
      layer,
      bias
        ? runKernel(BIASED, { x, filter, bias }, attrs)
        : runKernel("Conv2D", { x, filter }, attrs),
    );
  });
}

function dense(
  layer: Layer,
  x: Tensor,
  kwargs: Attributes,
): Tensor | undefined {
  const bias = layer.bias?.read();
  if (x.rank > 3 || x.rank < 2 || x.size === 0 || !bias) return undefined;
  return tf.tidy(() => {
    layer.invokeCallHook(x, kwargs);
    const inputs = { a: x, b: layer.kernel.read(), bias };
    return activate(layer, runKernel(BIASED_PRODUCT, inputs));
  });
}

function normalization(layer: Layer, x: Tensor): Tensor | undefined {
  const { gamma, beta, epsilon, momentum } = layer;
  const axis = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const ours = axis === x.rank - 1 && x.rank > 1 && x.size > 0;
  if (!gamma || !beta || !ours) return undefined;
  return tf.tidy(() => {
    const inputs = { x, gamma: gamma.read(), beta: beta.read() };
    const movingMean = layer.movingMean.read();
    const movingVariance = layer.movingVariance.read();
    const { dataIdMap } = tf.backend() as unknown as WasmBackend;
    // where somebody holds a clone, the averages get other memory
    const inPlace = [movingMean, movingVariance].every((average) =>
      average.dtype === "float32" &&
      dataIdMap.get(average.dataId).refCount === 1
    );
    const [y, mean, variance] = tf.engine().runKernel(
      TRAINING,
      inPlace ? { ...inputs, movingMean, movingVariance } : inputs,
      inPlace ? { epsilon, momentum } : { epsilon },
    ) as Tensor[];
    if (inPlace) return y;
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
