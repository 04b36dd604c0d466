/**
 * The tfjs layer for each layer of an architecture.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { PlannedSingle } from "../networks/plan.ts";
import { axes } from "../networks/shapes.ts";
import type { ConvLayer, PoolLayer } from "../networks/types.ts";
import type { Random } from "../base/random.ts";
import { customLayers } from "./custom_layers/mod.ts";
import type { Tf } from "./tf.ts";

/** A tfjs layer with the same name and arithmetic; its weights are set later. */
export function makeLayer(
  tf: Tf,
  single: PlannedSingle,
  stream: Random,
): tensorflow.layers.Layer {
  const { layer, name } = single;
  switch (layer.kind) {
    case "conv2d":
      return convolution(tf, layer, single);
    case "dense":
      return tf.layers.dense({
        name,
        units: layer.units,
        useBias: layer.useBias ?? true,
        kernelInitializer: "zeros",
      });
    case "maxPool2d":
    case "avgPool2d":
      return pooling(tf, layer, name);
    case "batchNorm":
      return tf.layers.batchNormalization({
        name,
        epsilon: layer.epsilon ?? 1e-3,
        momentum: layer.momentum ?? 0.9,
      });
    case "dropout":
      return new (customLayers(tf).SeededDropout)({
        name,
        rate: layer.rate,
        seed: stream.integer(2 ** 31),
      });
    case "padShortcut":
      return new (customLayers(tf).PadShortcut)({
        name,
        filters: layer.filters,
        strides: axes(layer.strides ?? 1, "strides"),
      });
    case "globalAvgPool2d":
      return tf.layers.globalAveragePooling2d({ name });
    case "flatten":
      return tf.layers.flatten({ name });
    case "relu":
      return tf.layers.reLU({ name });
    case "softmax":
      return tf.layers.softmax({ name });
  }
}

/** A pooling. */
function pooling(
  tf: Tf,
  layer: PoolLayer,
  name: string,
): tensorflow.layers.Layer {
  const { padding = "valid" } = layer;
  const poolSize = axes(layer.poolSize ?? 2, "poolSize");
  const strides = axes(layer.strides ?? poolSize, "strides");
  const settings = { name, poolSize, strides, padding };
  return layer.kind === "maxPool2d"
    ? tf.layers.maxPooling2d(settings)
    : tf.layers.averagePooling2d(settings);
}

/** An ordinary, depthwise or grouped convolution. */
function convolution(
  tf: Tf,
  layer: ConvLayer,
  { name, inputShape }: PlannedSingle,
): tensorflow.layers.Layer {
  const { filters, groups = 1, padding = "valid", useBias = true } = layer;
  const strides = axes(layer.strides ?? 1, "strides");
  const dilationRate = axes(layer.dilations ?? 1, "dilations");
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new RangeError(
      `toLayersModel() expects strides or dilations of 1 in "${name}" but found strides ${strides} and dilations ${dilationRate}: tfjs cannot do both at once, buildNetwork() can`,
    );
  }
  const kernelSize = axes(layer.kernelSize, "kernelSize");
  const shared = { name, kernelSize, strides, padding, dilationRate, useBias };
  if (groups === 1) {
    return tf.layers.conv2d({ ...shared, filters, kernelInitializer: "zeros" });
  }
  if (groups === inputShape[2]) {
    return tf.layers.depthwiseConv2d({
      ...shared,
      depthMultiplier: filters / groups,
      depthwiseInitializer: "zeros",
    });
  }
  return new (customLayers(tf).GroupedConv2d)({ ...shared, filters, groups });
}
