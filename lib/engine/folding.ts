/**
 * What layers do for those around them, which saves passes over the image, while a
 * model runs for nothing but what it puts out. Which layers these are, their kinds
 * say (`passes` in `layers/`); how it is done, `kernels/layers.ts` knows.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";
import { joins, kinds } from "../layers/kinds.ts";
import type { Pass, Stock, Together } from "../layers/tfjs/together.ts";
import { isSteady } from "./planned.ts";
import type { Layer } from "./stock.ts";

/** What a layer does besides its own work. */
export interface Fold {
  /** The layer before it, of one branch, that leaves its work to it. */
  readonly before?: Layer;
  /** The layers behind it, by their kinds. */
  readonly behind: Readonly<Record<string, Layer>>;
  /** The last of them. */
  readonly last: object;
}

/** Does the model learn, or does it only answer? */
export type During = NonNullable<Pass["during"]>;

/** What we read of a layer of tfjs. */
interface Noted {
  readonly outboundNodes: readonly { readonly outboundLayer: object }[];
  readonly inboundNodes: readonly {
    readonly inboundLayers: readonly tf.layers.Layer[];
  }[];
}

/** Folds by layer, and the layers that leave their work to one behind them. */
interface Folds {
  readonly of: ReadonlyMap<object, Fold>;
  readonly waiting: ReadonlySet<object>;
}

type Plans = Readonly<Record<During, Folds>> & {
  /** Which layers were what they seem when they were found. */
  readonly steady: string;
};

const plans = new WeakMap<tf.LayersModel, Plans>();
let folds: Plans | undefined;
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
    const steady = model.layers.map((layer) => Number(isSteady(layer))).join();
    folds = plans.get(model);
    if (folds?.steady !== steady) {
      folds = {
        training: foldsOf(model, "training"),
        use: foldsOf(model, "use"),
        steady,
      };
      plans.set(model, folds);
    }
    return run();
  } finally {
    ({ folds, applied, waiting } = before); // one run may be inside another
  }
}

/** What this layer may do for those around it; who does it says so by {@linkcode done}. */
export const foldOf = (layer: object, during: During): Fold | undefined =>
  folds?.[during].of.get(layer);

/** May this layer leave its work to the one behind it? */
export const mayWait = (layer: object, during: During): boolean =>
  !!folds?.[during].waiting.has(layer);

/** From here on these layers have nothing to do. */
export function done(...layers: object[]): void {
  for (const layer of layers) applied.add(layer);
}

/** Has a layer before it done this layer's work? */
export const isDone = (layer: object): boolean => applied.has(layer);

/** From here on this layer's work waits for the one behind it. */
export const wait = (layer: object): void => void waiting.add(layer);

/** Has the layer left its work to the one behind it? */
export const waits = (layer: object): boolean => waiting.has(layer);

/** The folds of a model: only where nobody else reads what is between. */
function foldsOf(model: tf.LayersModel, during: During): Folds {
  const seen = new Set(model.outputs), known = new Set<object>(model.layers);
  const of = new Map<object, Fold>(), waiting = new Set<object>();
  /** The one layer that reads this one. */
  const behind = (layer: tf.layers.Layer): tf.layers.Layer | undefined => {
    const { outboundNodes, inboundNodes } = layer as unknown as Noted;
    const once = inboundNodes.length === 1 && outboundNodes.length === 1;
    if (!once || seen.has(layer.output as tf.SymbolicTensor)) return undefined;
    const after = outboundNodes[0].outboundLayer as tf.layers.Layer;
    const its = (after as unknown as Noted).inboundNodes;
    return known.has(after) && its.length === 1 ? after : undefined;
  };
  /** The layers behind a layer, where they are of these kinds. */
  const chain = (layer: tf.layers.Layer, names: readonly string[]) => {
    const found: Record<string, Layer> = {};
    let last = layer;
    for (const name of names) {
      const next = behind(last);
      if (!next || !is(next, name)) return undefined;
      found[name] = next as unknown as Layer;
      last = next;
    }
    return { behind: found, last };
  };
  for (const layer of model.layers) {
    const { inboundNodes } = layer as unknown as Noted;
    const inbound = inboundNodes[0]?.inboundLayers ?? [];
    for (const pass of togetherOf(layer)?.passes ?? []) {
      if (pass.during !== undefined && pass.during !== during) continue;
      const before = pass.before &&
        inbound.find((one) => is(one, pass.before!) && behind(one) === layer);
      if (before === undefined && pass.before) continue;
      const found = pass.behind.map((names) => chain(layer, names))
        .find((one) => one !== undefined);
      if (!found) continue;
      of.set(layer, {
        ...(before ? { before: before as unknown as Layer } : {}),
        ...found,
      });
      if (before) waiting.add(before);
      break;
    }
  }
  return { of, waiting };
}

/** Every kind that says something of its neighbours, by name. */
const together: ReadonlyMap<string, Together> = new Map<string, Together>([
  ...kinds,
  ...Object.entries(joins),
]);

/** Is a layer of this kind, and nothing besides? */
function is(layer: tf.layers.Layer, kind: string): boolean {
  const { inboundNodes } = layer as unknown as Noted;
  // a user's class may have the name of another; a layer may stand in two places
  return isSteady(layer) && inboundNodes.length === 1 &&
    !!together.get(kind)?.is?.(stockOf(layer));
}

/** What the kind of a layer says of its neighbours. */
function togetherOf(layer: tf.layers.Layer): Together | undefined {
  for (const [kind, { passes }] of together) {
    if (passes && is(layer, kind)) return together.get(kind);
  }
}

const stockOf = (layer: tf.layers.Layer): Stock => ({
  name: layer.getClassName(),
  config: layer.getConfig(),
  rank: (layer.output as tf.SymbolicTensor).rank,
});
