/**
 * Layers of tfjs that train faster on wasm with kernels of ours.
 *
 * tfjs trains a convolution or a dense layer with a bias as one fused operation,
 * which makes the gradient of the input even where nobody asks for it, and batch
 * normalisation as a dozen passes. What layers do for those behind them is in
 * `folding.ts`. The layers' configuration, weights and results
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
import {
  done,
  type Fold,
  foldOf,
  isDone,
  mayWait,
  wait,
  waits,
} from "../folding.ts";
import { ACTIVATIONS } from "./activate.ts";
import { BIASED } from "./conv2d.ts";
import type { WasmBackend } from "./engine.ts";
import { ADD_RELU } from "./elementwise.ts";
import { BIASED_PRODUCT } from "./matmul.ts";
import { FOLD, TRAINING, TRAINING_RELU, TRAINING_SUM } from "./norm.ts";

/** Teaches Conv2D, Dense and BatchNormalization their ways on wasm. */
export function teachLayers(): void {
  const { layers } = tf;
  const trains = (x: Tensor) => onWasm(x) && differentiating();
  // Named, so that no number is used up for the names of layers to come.
  const name = "example";
  wrapLayer(
    layers.conv2d({ name, filters: 1, kernelSize: 1 }),
    (layer, x, { training }) =>
      trains(x)
        ? convolution(layer, x)
        : training
        ? undefined
        : folded("", layer, x),
  );
  wrapLayer(
    layers.depthwiseConv2d({ name, kernelSize: 1 }),
    (layer, x, { training }) =>
      training || trains(x) ? undefined : folded("Depthwise", layer, x),
  );
  for (
    const layer of [
      layers.reLU({ name }),
      layers.activation({ name, activation: "relu" }),
    ]
  ) {
    wrapLayer(layer, (layer, x) => {
      if (isDone(layer)) return tf.clone(x);
      // tfjs takes two operations for it
      const six = layer.activation?.getClassName() === "relu6";
      return six && onWasm(x) ? runKernel("Relu6", { x }) : undefined;
    });
  }
  wrapLayer(
    layers.dense({ name, units: 1 }),
    (layer, x, kwargs) =>
      trains(x) || x.rank === 3 && onWasm(x)
        ? dense(layer, x, kwargs)
        : undefined,
  );
  wrapLayer(
    layers.batchNormalization({ name }),
    (layer, x, { training }) => {
      if (isDone(layer)) return tf.clone(x);
      if (!training || !fits(layer, x)) return undefined;
      if (mayWait(layer, "training")) {
        wait(layer);
        return tf.clone(x);
      }
      const fold = foldOf(layer, "training"), relu = rectifies(fold);
      if (relu) done(fold!.last);
      return normalization(layer, x, relu);
    },
  );
  teachSum(layers.add({ name }));
}

/** Is a ReLU all that stands behind? That is what there are kernels for. */
const rectifies = (fold?: Fold): boolean =>
  fold !== undefined && fold.behind.relu === fold.last;

/** Teaches a sum of two the ReLU behind it, and the batch normalisation before it. */
function teachSum(example: tf.layers.Layer): void {
  const prototype = Object.getPrototypeOf(example) as Layer;
  const stock = prototype.call;
  prototype.call = function (this: Layer, inputs, kwargs) {
    const fold = foldOf(this, kwargs?.training ? "training" : "use");
    if (!fold) return stock.call(this, inputs, kwargs);
    const tensors = inputs as Tensor[], [a, b] = tensors;
    const fits = rectifies(fold) && tensors.length === 2 && onWasm(a, b) &&
      a.shape.join() === b.shape.join();
    if (fits) done(fold.last);
    const norm = fold.before;
    if (!norm || !waits(norm)) {
      return fits
        ? runKernel(ADD_RELU, { a, b })
        : stock.call(this, inputs, kwargs);
    }
    const { inboundNodes: [{ inboundLayers }] } = this as unknown as Noted;
    const at = inboundLayers.indexOf(norm), x = tensors[at];
    if (fits) return normalization(norm, x, true, tensors[1 - at]);
    return tf.tidy(() => {
      const given = [...tensors];
      given[at] = normalization(norm, x);
      return stock.call(this, given, kwargs);
    });
  };
}

/** What we read of a sum. */
interface Noted {
  readonly inboundNodes: readonly { readonly inboundLayers: object[] }[];
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
  const fold = foldOf(layer, "use");
  if (fold === undefined) return undefined;
  const { batchNorm: norm } = fold.behind, behind = Object.keys(fold.behind);
  const [activation = "linear", more] = norm ? behind.slice(1) : behind;
  // batch normalisation first, then an activation: no other order has a kernel
  if (norm && behind[0] !== "batchNorm" || more) return undefined;
  if (!(activation in ACTIVATIONS)) return undefined;
  done(...Object.values(fold.behind));
  return tf.tidy(() => {
    let filter = (kind ? layer.depthwiseKernel : layer.kernel).read();
    let bias = layer.bias?.read();
    if (norm) {
      [filter, bias] = tf.engine().runKernel(FOLD, {
        filter,
        mean: norm.movingMean.read(),
        variance: norm.movingVariance.read(),
        ...(bias ? { bias } : {}),
        ...(norm.beta ? { offset: norm.beta.read() } : {}),
        ...(norm.gamma ? { scale: norm.gamma.read() } : {}),
      }, { epsilon: norm.epsilon }) as Tensor[];
    }
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

/** Can batch normalisation in training be one kernel of ours? */
function fits({ gamma, beta, axis }: Layer, x: Tensor): boolean {
  const last = (axis < 0 ? axis + x.rank : axis) === x.rank - 1;
  return onWasm(x) && !!gamma && !!beta && last && x.rank > 1 && x.size > 0;
}

/** Batch normalisation in training, and what follows. */
function normalization(
  layer: Layer,
  x: Tensor,
  relu = false,
  shortcut?: Tensor,
): Tensor {
  const { gamma, beta, epsilon, momentum } = layer;
  return tf.tidy(() => {
    const inputs = {
      ...{ x, gamma: gamma!.read(), beta: beta!.read() },
      ...(shortcut ? { shortcut } : {}),
    };
    const movingMean = layer.movingMean.read();
    const movingVariance = layer.movingVariance.read();
    const { dataIdMap } = tf.backend() as unknown as WasmBackend;
    // where somebody holds a clone, the averages get other memory
    const inPlace = [movingMean, movingVariance].every((average) =>
      average.dtype === "float32" &&
      dataIdMap.get(average.dataId).refCount === 1
    );
    const [y, mean, variance] = tf.engine().runKernel(
      shortcut ? TRAINING_SUM : relu ? TRAINING_RELU : TRAINING,
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
