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

/** What wasm has to offer. */
export interface Recorder {
  /** Bytes that its memory may grow to, where the system has as many. */
  readonly room: number;
  record(
    weights: readonly tf.Variable[],
    inputs: () => tf.Tensor[],
    work: (inputs: readonly tf.Tensor[]) => Record<string, tf.Tensor>,
  ): Recorded;
  /** Does nobody else hold the numbers of these? Only then can they move where they lie. */
  unshared(weights: readonly tf.Variable[]): boolean;
  /** Multiplies a weight where it lies, in a step that is planned; false where it cannot. */
  scale(weight: tf.Variable, factor: number): boolean;
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

/**
 * Whether optimisers move weights where they lie: those of a planned step. tfjs's
 * own convolutions remember a weight by its tensor, and would not see it.
 */
export const inPlace = { weights: false };

/** Models whose steps compute nothing but what weights and images decide. */
const steady = new WeakSet<object>();

export const noteSteady = (model: tf.LayersModel) => void steady.add(model);
export const isSteady = (model: tf.LayersModel) => steady.has(model);

/** The plans that models were made from. */
const plans = new WeakMap<object, Plan>();

export const notePlan = (model: tf.LayersModel, plan: Plan) =>
  void plans.set(model, plan);
export const planOf = (model: tf.LayersModel) => plans.get(model);
