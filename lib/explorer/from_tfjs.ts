/**
 * A model of TensorFlow.js as a graph of the library's own layers.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { shown } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { tfjs } from "../engine/load.ts";
import type { LayerValue } from "../layers/define.ts";
import { kinds } from "../layers/kinds.ts";
import { type Graph, type GraphNode, IMAGE, weightShapes } from "./graph.ts";

// deno-lint-ignore no-explicit-any -- a layer's settings as tfjs writes them
type Config = Record<string, any>;

/** The settings of a convolution besides its filters and groups. */
const sliding = (config: Config) => ({
  kernelSize: config.kernelSize,
  strides: config.strides,
  padding: config.padding,
  dilations: config.dilationRate,
  useBias: config.useBias,
});

const pooling = ({ poolSize, strides, padding }: Config) => ({
  poolSize,
  strides,
  padding,
});

const activations: Record<string, string> = {
  relu: "relu",
  relu6: "relu6",
  gelu: "gelu",
  softmax: "softmax",
};

/** The layers of tfjs that the library has too, by the names of their classes. */
const stock: Record<
  string,
  (config: Config, channels: number) => Config & { kind: string } | undefined
> = {
  Conv2D: (config) => ({
    kind: "conv2d",
    filters: config.filters,
    ...sliding(config),
  }),
  DepthwiseConv2D: (config, channels) => ({
    kind: "conv2d",
    filters: channels * config.depthMultiplier,
    groups: channels,
    ...sliding(config),
  }),
  GroupedConv2d: (config) => ({
    kind: "conv2d",
    filters: config.filters,
    groups: config.groups,
    ...sliding(config),
  }),
  Dense: ({ units, useBias }) => ({ kind: "dense", units, useBias }),
  MaxPooling2D: (config) => ({ kind: "maxPool2d", ...pooling(config) }),
  AveragePooling2D: (config) => ({ kind: "avgPool2d", ...pooling(config) }),
  GlobalAveragePooling2D: () => ({ kind: "globalAvgPool2d" }),
  Flatten: () => ({ kind: "flatten" }),
  Dropout: ({ rate }) => ({ kind: "dropout", rate }),
  SeededDropout: ({ rate }) => ({ kind: "dropout", rate }),
  ReLU: ({ maxValue }) =>
    maxValue === undefined || maxValue === null
      ? { kind: "relu" }
      : maxValue === 6
      ? { kind: "relu6" }
      : undefined,
  Softmax: () => ({ kind: "softmax" }),
  Activation: ({ activation }) =>
    activation in activations ? { kind: activations[activation] } : undefined,
  BatchNormalization: ({ epsilon, momentum, center, scale }) =>
    center !== false && scale !== false
      ? { kind: "batchNorm", epsilon, momentum }
      : undefined,
  Add: () => ({ kind: "add" }),
  Concatenate: () => ({ kind: "concat" }),
};

/** The library's own kinds that tfjs got as classes from us. */
function ownKind(className: string, config: Config): LayerValue | undefined {
  for (const kind of kinds.values()) {
    const made = kind.tfjsClass?.(tfjs()) as { className?: string } | undefined;
    if (made?.className !== className) continue;
    const settings = Object.keys(kind.settings)
      .filter((name) => config[name] !== undefined)
      .map((name) => [name, config[name]]);
    return { kind: kind.kind, ...Object.fromEntries(settings) };
  }
}

/** The graph of a model and its weights, read now. */
export function readModel(
  caller: string,
  model: tensorflow.LayersModel,
): { graph: Graph; weights: Map<string, Tensor> } {
  const { output, inputs, outputs } = model as tensorflow.LayersModel & {
    output: tensorflow.SymbolicTensor;
  };
  const shape = inputs[0].shape.slice(1);
  if (
    inputs.length !== 1 || outputs.length !== 1 || shape.length !== 3 ||
    shape.some((length) => length === null)
  ) {
    throw new TypeError(
      `${caller}() expects a model from one image [H, W, C] to one output but found ${inputs.length} inputs ${
        shown(inputs.map(({ shape }) => shape))
      } and ${outputs.length} outputs: make one with tf.model() and a fixed input shape`,
    );
  }
  const nodes: GraphNode[] = [];
  const weights = new Map<string, Tensor>();
  const done = new Map<number, string>(); // tensors of tfjs by their number
  /** The name of the node that gives a symbolic tensor. */
  const visit = (tensor: tensorflow.SymbolicTensor): string => {
    const known = done.get(tensor.id);
    if (known !== undefined) return known;
    const layer = tensor.sourceLayer;
    if (layer.getClassName() === "InputLayer") return IMAGE;
    const names = tensor.inputs.map(visit);
    const channels = tensor.inputs[0].shape.at(-1)!;
    const config = layer.getConfig() as Config;
    const value = layerValue(caller, layer, config, channels);
    nodes.push({ name: layer.name, layer: value, inputs: names });
    const { activation = "linear" } = config;
    let name = layer.name;
    const fused = layer.getClassName() !== "Activation" &&
      activation !== "linear";
    if (fused) {
      if (!(activation in activations)) {
        throw unknown(caller, layer, activation);
      }
      nodes.push({
        name: name = `${layer.name}/${activation}`,
        layer: { kind: activations[activation] },
        inputs: [layer.name],
      });
    }
    done.set(tensor.id, name);
    return name;
  };
  visit(output);
  if (tfjs().getBackend() === "webgpu") {
    throw new TypeError(
      `${caller}() expects weights that can be read at once but found a model on WebGPU: pass buildNetwork(architecture, { weights: await readWeights(model, architecture) })`,
    );
  }
  const graph = { name: model.name, inputShape: shape as number[], nodes };
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const next = new Map<string, number>();
  for (const [name, shape] of weightShapes(graph)) {
    const owner = name.slice(0, name.lastIndexOf("/"));
    const at = next.get(owner) ?? 0;
    next.set(owner, at + 1);
    const variable = layers.get(owner)!.weights[at];
    const data = Float32Array.from(variable.read().dataSync());
    weights.set(name, { shape: [...shape], data });
  }
  return { graph, weights };
}

function layerValue(
  caller: string,
  layer: tensorflow.layers.Layer,
  config: Config,
  channels: number,
): LayerValue {
  const name = layer.getClassName();
  const value = config.dataFormat === "channelsFirst"
    ? undefined
    : stock[name]?.(config, channels) ?? ownKind(name, config);
  if (value === undefined) throw unknown(caller, layer, name);
  return value;
}

function unknown(
  caller: string,
  layer: tensorflow.layers.Layer,
  found: string,
): TypeError {
  return new TypeError(
    `${caller}() expects layers of a known kind but found ${
      shown(found)
    } in "${layer.name}": it knows ${
      Object.keys(stock).join(", ")
    } in their usual settings, and what toLayersModel() makes`,
  );
}
