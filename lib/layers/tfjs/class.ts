/**
 * Layers that tfjs lacks, or has otherwise: classes on top of its Layer, made
 * once tfjs is there. Only types of tfjs are imported here.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";

/** The TensorFlow.js module. */
export type Tf = typeof import("@tensorflow/tfjs");

/** What tfjs hands to a layer: one tensor, or an array of one. */
export type Inputs = tensorflow.Tensor | tensorflow.Tensor[];

/** The one tensor. */
export const only = (inputs: Inputs): tensorflow.Tensor4D =>
  (Array.isArray(inputs) ? inputs[0] : inputs) as tensorflow.Tensor4D;

type Class = Parameters<Tf["serialization"]["registerClass"]>[0];

/**
 * A class that is made once, at its first use.
 *
 * tfjs knows it by name from then on, so that `tf.loadLayersModel()` reads what
 * `model.save()` wrote.
 */
export function tfjsClass<C extends Class>(
  make: (tf: Tf) => C,
): (tf: Tf) => C {
  let made: C | undefined;
  return (tf) => {
    if (made === undefined) {
      made = make(tf);
      tf.serialization.registerClass(made);
    }
    return made;
  };
}
