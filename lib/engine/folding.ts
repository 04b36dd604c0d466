/**
 * What layers do for those behind them, which saves passes over the image, while a
 * model runs for nothing but what it puts out: a convolution applies the batch
 * normalisation and the activation behind it; in training, batch normalisation
 * applies a ReLU, or a sum with a shortcut applies both.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";
import type { Layer } from "./stock.ts";

/** What a layer does besides its own work. */
export interface Fold {
  /** The batch normalisation that it applies: behind it, or before a sum. */
  readonly norm?: Layer;
  /** The activation that it applies then, if there is one: "relu" or "relu6". */
  readonly activation?: string;
  /** The last layer whose work is done then, or that does it. */
  readonly last: object;
}

/** What we read of a layer of tfjs. */
interface Noted {
  readonly outboundNodes: readonly { readonly outboundLayer: object }[];
  readonly inboundNodes: readonly {
    readonly inboundLayers: readonly tf.layers.Layer[];
  }[];
  readonly activation?: { getClassName(): string };
  readonly maxValue?: number | null;
}

type Folds = ReadonlyMap<object, Fold>;

const plans = new WeakMap<tf.LayersModel, Folds>();
let folds: Folds | undefined;
let applied = new Set<object>();
let waiting = new Set<object>();

/**
 * Runs a model whose inner layers nobody looks at.
 *
 * @param run Applies the model, at once and once.
 */
export function withoutLooking<Result>(
  model: tf.LayersModel,
  run: () => Result,
): Result {
  const before = { folds, applied, waiting };
  try {
    applied = new Set();
    waiting = new Set();
    folds = plans.get(model) ?? foldsOf(model);
    plans.set(model, folds);
    return run();
  } finally {
    ({ folds, applied, waiting } = before); // one run may be inside another
  }
}

/** What this layer may do for those behind it; who does it says so by {@linkcode done}. */
export const foldOf = (layer: object): Fold | undefined => folds?.get(layer);

/** From here on these layers have nothing to do. */
export function done(...layers: (object | undefined)[]): void {
  for (const layer of layers) if (layer) applied.add(layer);
}

/** Has a layer before it done this layer's work? */
export const isDone = (layer: object): boolean => applied.has(layer);

/** From here on this layer's work waits for the one behind it. */
export const wait = (layer: object): void => void waiting.add(layer);

/** Has the layer left its work to the one behind it? */
export const waits = (layer: object): boolean => waiting.has(layer);

/**
 * By convolution: batch normalisation, activation, or both in this order behind it.
 * By batch normalisation: a ReLU. By sum: batch normalisation before and ReLU behind.
 * Only where nobody else reads what is between.
 */
function foldsOf(model: tf.LayersModel): Folds {
  const seen = new Set(model.outputs), known = new Set<object>(model.layers);
  const found = new Map<object, Fold>();
  /** The one layer that reads this one. */
  const behind = (layer: tf.layers.Layer): tf.layers.Layer | undefined => {
    const { outboundNodes, inboundNodes } = layer as unknown as Noted;
    const once = inboundNodes.length === 1 && outboundNodes.length === 1;
    if (!once || seen.has(layer.output as tf.SymbolicTensor)) return undefined;
    const after = outboundNodes[0].outboundLayer as tf.layers.Layer;
    const its = (after as unknown as Noted).inboundNodes;
    return known.has(after) && its.length === 1 ? after : undefined;
  };
  for (const layer of model.layers) {
    const after = behind(layer), { activation } = layer as unknown as Noted;
    if (after === undefined) continue;
    switch (layer.getClassName()) {
      case "Conv2D":
      case "DepthwiseConv2D": {
        if (activation?.getClassName() !== "linear") break;
        const norm = normalises(after) ? after : undefined;
        const next = norm ? behind(norm) : after;
        const name = next && rectifier(next);
        if (!norm && !name) break;
        const last = name ? next : after;
        found.set(layer, {
          ...(norm ? { norm: norm as unknown as Layer } : {}),
          ...(name ? { activation: name } : {}),
          last,
        });
        break;
      }
      case "BatchNormalization": {
        if (!normalises(layer)) break;
        if (rectifier(after) === "relu") {
          found.set(layer, { activation: "relu", last: after });
        }
        const last = after.getClassName() === "Add" && behind(after);
        const { inboundLayers } = (after as unknown as Noted).inboundNodes[0];
        if (
          !last || rectifier(last) !== "relu" || inboundLayers.length !== 2 ||
          found.has(after)
        ) break;
        const norm = layer as unknown as Layer;
        found.set(after, { norm, activation: "relu", last });
        found.set(layer, { last: after });
        break;
      }
    }
  }
  return found;
}

/** Is it a batch normalisation of channels that are the last axis? */
const normalises = (layer: tf.layers.Layer): boolean =>
  layer.getClassName() === "BatchNormalization" &&
  [-1, (layer.output as tf.SymbolicTensor).rank - 1]
    .includes((layer as unknown as Layer).axis);

/** "relu" or "relu6" for a layer that is nothing else. */
function rectifier(layer: tf.layers.Layer): string | undefined {
  const { activation, maxValue } = layer as unknown as Noted;
  if (layer.getClassName() === "ReLU") {
    return maxValue === undefined || maxValue === null ? "relu" : undefined;
  }
  const name = activation?.getClassName();
  const known = layer.getClassName() === "Activation" &&
    (name === "relu" || name === "relu6");
  return known ? name : undefined;
}
