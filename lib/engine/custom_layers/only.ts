import type * as tensorflow from "@tensorflow/tfjs";

/** What tfjs hands to a layer: one tensor, or an array of one. */
export type Inputs = tensorflow.Tensor | tensorflow.Tensor[];

/** The one tensor. */
export const only = (inputs: Inputs): tensorflow.Tensor4D =>
  (Array.isArray(inputs) ? inputs[0] : inputs) as tensorflow.Tensor4D;
