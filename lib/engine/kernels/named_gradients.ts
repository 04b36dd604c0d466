/**
 * The gradients that tfjs hands its optimisers, in either of its two forms.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";

/** By the variables' names, or as a list. */
export type Gradients =
  | tf.NamedTensorMap
  | { name: string; tensor: tf.Tensor }[];

/** The same as a list; a weight without a gradient is frozen, and keeps its place. */
export const listed = (gradients: Gradients) =>
  Array.isArray(gradients)
    ? gradients
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
