/**
 * Steps that are planned: recorded once, then done again without the records that
 * TensorFlow.js keeps of every operation. Only wasm knows how.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";
import type { Plan } from "../networks/plan.ts";

export type Numbers = ArrayLike<number>;

/** Tensors by name, as kernels see them. */
export type Results = Record<string, tf.TensorInfo>;

/** What was computed once, and can be computed again. */
export interface Recorded {
  /** The results, in memory of the recording: they are other numbers after each replay. */
  readonly results: Results;
  /** Why it cannot be used for more than its results. */
  readonly why?: string;
  /** Gradients that did not come this time, as a layer that is done apart gave none. */
  readonly absent: ReadonlySet<string>;
  /** Are the weights where they were? Else it must not be used. */
  readonly intact: boolean;
  /** Bytes that it holds. */
  readonly bytes: number;
  /** Computes the results anew from other inputs. */
  replay(inputs: readonly Numbers[]): void;
  /** The numbers of a result; until memory grows. */
  numbers(name: string): Float32Array;
  dispose(): void;
}

/** The weights that a recording reads. */
export interface ReadWeights {
  /** Those that have to stay where they lie. */
  readonly own: readonly tf.Variable[];
  /** Those of layers that are done apart. */
  readonly apart: readonly tf.Variable[];
}

/** What wasm has to offer. */
export interface Recorder {
  /** Bytes that its memory may grow to, where the system has as many. */
  readonly room: number;
  record(
    weights: ReadWeights,
    inputs: () => tf.Tensor[],
    work: (inputs: readonly tf.Tensor[]) => Record<string, tf.Tensor>,
  ): Recorded;
  /** Does nobody else hold the numbers of these? Only then can they move where they lie. */
  unshared(weights: readonly tf.Variable[]): boolean;
  /** Multiplies a weight where it lies, in a step that is planned; false where it cannot. */
  scale(weight: tf.Variable, factor: number): boolean;
  /** Tells kernels that these weights, where they lie, are other numbers now. */
  forget(weights: Iterable<tf.Variable>): void;
  /** Gives up a recording that an interrupt tore us out of. */
  abandon(): void;
}

let offered: Recorder | undefined;

/** Called by wasm when it is prepared. */
export function offerRecorder(recorder: Recorder): void {
  offered = recorder;
}

/** The recorder, once wasm was asked for. */
export const recorder = (): Recorder | undefined => offered;

/** The weights that optimisers move where they lie: those of a planned step. */
export const inPlace: { weights: ReadonlySet<tf.Variable> } = {
  weights: new Set(),
};

/** Whether a layer is done apart now, so that an interrupt may have struck there. */
export const apart = { now: false };

/** Classes of layers and activations that compute what weights and input decide. */
const steady = new WeakSet<object>();

/** Those that do so while nothing is trained. */
const steadyInUse = new WeakSet<object>();

export const noteSteady = (kind: object, draws = false) =>
  void (draws ? steadyInUse : steady).add(kind);

/** Can each step of a layer be done as the one before? Else it is done apart. */
export function isSteady(layer: tf.layers.Layer, training = true): boolean {
  const { activation, _callHook } = layer as unknown as {
    activation?: object;
    _callHook?: unknown;
  };
  const kind = layer.constructor;
  // somebody may listen, or have put a function of his own in its place
  const { call, apply } = kind.prototype;
  const own = _callHook || layer.call !== call || layer.apply !== apply;
  return !own && (steady.has(kind) || !training && steadyInUse.has(kind)) &&
    (!activation || steady.has(activation.constructor));
}

/** The weights of a model's layers, those that are done apart by themselves. */
export function weightsOf(model: tf.LayersModel): ReadWeights {
  const found = { own: [] as tf.Variable[], apart: [] as tf.Variable[] };
  for (const layer of model.layers) {
    if (isSteady(layer) && "layers" in layer) {
      const inner = weightsOf(layer as tf.LayersModel);
      found.own.push(...inner.own);
      found.apart.push(...inner.apart);
      continue;
    }
    found[isSteady(layer) ? "own" : "apart"].push(
      ...layer.weights.map((weight) => weight.read() as tf.Variable),
    );
  }
  return found;
}

/** The weights that learn now: of some layers, such as recurrent ones, the layer alone knows. */
export const learningOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights
    .map((weight) => weight.read() as tf.Variable)
    .filter(({ trainable }) => trainable);

/** What a recording has built in besides weights: whose it is, its name, and what it was. */
export type BuiltIn = readonly [of: object, name: string, value: unknown];

const propertiesOf = (of: object): BuiltIn[] =>
  Object.entries(of).map(([name, value]) => [of, name, value]);

/** What a recording has built in of a model's layers: how they compute, and their settings. */
export const builtInOf = (
  model: tf.LayersModel,
  training = true,
): BuiltIn[] =>
  model.layers.flatMap((layer): BuiltIn[] =>
    isSteady(layer, training)
      ? [
        [layer, "call", layer.call],
        ...propertiesOf(layer),
        ...propertiesOf((layer as { settings?: object }).settings ?? {}),
        ..."layers" in layer
          ? builtInOf(layer as tf.LayersModel, training)
          : [],
      ]
      : []
  );

/** Is it still what it was? */
export const isAsBuilt = ([of, name, value]: BuiltIn): boolean =>
  Object.is((of as Record<string, unknown>)[name], value);

/** The plans that models were made from. */
const plans = new WeakMap<object, Plan>();

export const notePlan = (model: tf.LayersModel, plan: Plan) =>
  void plans.set(model, plan);
export const planOf = (model: tf.LayersModel) => plans.get(model);
