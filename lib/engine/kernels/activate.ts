/**
 * Bias and activation behind a product of ours, by tfjs's own functions.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../tf.ts";
import type { Attributes, Inputs } from "./register.ts";

type Tensor = tensorflow.Tensor;

const FUNCTIONS: Record<
  string,
  (tf: Tf, y: Tensor, inputs: Inputs, attrs: Attributes) => Tensor
> = {
  linear: (_, y) => y,
  relu: (tf, y) => tf.relu(y),
  relu6: (tf, y) => tf.relu6(y),
  elu: (tf, y) => tf.elu(y),
  sigmoid: (tf, y) => tf.sigmoid(y),
  leakyrelu: (tf, y, _, { leakyreluAlpha }) => tf.leakyRelu(y, leakyreluAlpha),
  prelu: (tf, y, { preluActivationWeights }) =>
    tf.prelu(y, preluActivationWeights as Tensor),
};

/** Whether `activate` knows this activation of a fused operation. */
export const knows = (activation: string): boolean =>
  Object.hasOwn(FUNCTIONS, activation);

/** Adds the bias that `inputs` may have and applies the activation; `y` is used up. */
export function activate(
  tf: Tf,
  y: tensorflow.TensorInfo,
  inputs: Inputs,
  attrs: Attributes,
): tensorflow.TensorInfo {
  return tf.tidy(() => {
    const linear = y instanceof tf.Tensor
      ? y
      : tf.engine().makeTensorFromTensorInfo(y);
    const bias = inputs.bias as Tensor | undefined | null;
    const biased = bias ? tf.add(linear, bias) : linear;
    const { activation = "linear" } = attrs;
    return FUNCTIONS[activation](tf, biased, inputs, attrs);
  });
}
