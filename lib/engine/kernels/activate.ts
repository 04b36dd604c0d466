/**
 * Bias and activation behind a product of ours, by tfjs's own functions.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Attributes, Info, Tensor } from "../stock.ts";
import type { Inputs } from "./register.ts";

const FUNCTIONS: Record<
  string,
  (y: Tensor, inputs: Inputs, attrs: Attributes) => Tensor
> = {
  linear: (y) => y,
  relu: (y) => tf.relu(y),
  relu6: (y) => tf.relu6(y),
  elu: (y) => tf.elu(y),
  sigmoid: (y) => tf.sigmoid(y),
  leakyrelu: (y, _, { leakyreluAlpha }) => tf.leakyRelu(y, leakyreluAlpha),
  prelu: (y, { preluActivationWeights }) =>
    tf.prelu(y, preluActivationWeights as Tensor),
};

/** Activations that a product of ours applies by itself. */
export const ACTIVATIONS: Record<string, number> = {
  linear: 0,
  relu: 1,
  relu6: 2,
};

/** Whether `activate` knows this activation of a fused operation. */
export const knows = (activation: string): boolean =>
  Object.hasOwn(FUNCTIONS, activation);

/** Adds the bias that `inputs` may have and applies the activation; `y` is used up. */
export function activate(
  y: Info,
  inputs: Inputs,
  attrs: Attributes,
): Info {
  return tf.tidy(() => {
    const linear = y instanceof tf.Tensor
      ? y
      : tf.engine().makeTensorFromTensorInfo(y);
    const bias = inputs.bias as Tensor | undefined;
    const biased = bias ? tf.add(linear, bias) : linear;
    const { activation = "linear" } = attrs;
    return FUNCTIONS[activation](biased, inputs, attrs);
  });
}
