/**
 * Activations that the convolution before them applies at once, which saves a pass
 * over the image: while a model runs for nothing but what it puts out.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";
import type { Layer } from "./stock.ts";

/** What becomes of the layers of one model: by the convolution, and by the activation. */
type Pairs = ReadonlyMap<
  object,
  { readonly after: object; readonly name: string }
>;

/** What we read of a layer of tfjs. */
interface Noted {
  readonly outboundNodes: readonly { readonly outboundLayer: object }[];
  readonly inboundNodes: readonly object[];
  readonly activation?: { getClassName(): string };
  readonly maxValue?: number | null;
}

const plans = new WeakMap<tf.LayersModel, Pairs>();
let pairs: Pairs | undefined;
let applied = new Set<object>();

/**
 * Runs a model whose inner layers nobody looks at.
 *
 * @param run Applies the model, at once and once.
 */
export function withoutLooking<Result>(
  model: tf.LayersModel,
  run: () => Result,
): Result {
  const before = { pairs, applied };
  try {
    applied = new Set();
    pairs = plans.get(model) ?? pairsOf(model);
    plans.set(model, pairs);
    return run();
  } finally {
    ({ pairs, applied } = before); // one run may be inside another
  }
}

/** The activation that this convolution applies itself: it is told so. */
export function foldedInto(layer: Layer): string | undefined {
  const found = pairs?.get(layer);
  if (found) applied.add(found.after);
  return found?.name;
}

/** Has the convolution before it done this layer's work? */
export const isDone = (layer: Layer): boolean => applied.has(layer);

/** Convolutions of which only a ReLU or ReLU6 reads what they put out. */
function pairsOf(model: tf.LayersModel): Pairs {
  const seen = new Set(model.outputs);
  const known = new Set<object>(model.layers);
  return new Map(
    model.layers.flatMap((layer) => {
      const kind = layer.getClassName();
      const { outboundNodes, inboundNodes, activation } =
        layer as unknown as Noted;
      const plain = activation?.getClassName() === "linear" &&
        (kind === "Conv2D" || kind === "DepthwiseConv2D");
      const once = inboundNodes.length === 1 && outboundNodes.length === 1;
      if (!plain || !once || seen.has(layer.output as tf.SymbolicTensor)) {
        return [];
      }
      const after = outboundNodes[0].outboundLayer as tf.layers.Layer;
      const name = known.has(after) ? rectifier(after) : undefined;
      return name ? [[layer, { after, name }]] : [];
    }),
  );
}

/** "relu" or "relu6" for a layer that is nothing else. */
function rectifier(layer: tf.layers.Layer): string | undefined {
  const { inboundNodes, activation, maxValue } = layer as unknown as Noted;
  if (inboundNodes.length !== 1) return undefined;
  if (layer.getClassName() === "ReLU") {
    return maxValue === undefined || maxValue === null ? "relu" : undefined;
  }
  const name = activation?.getClassName();
  const known = layer.getClassName() === "Activation" &&
    (name === "relu" || name === "relu6");
  return known ? name : undefined;
}
