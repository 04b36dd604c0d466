/**
 * The door to TensorFlow.js: what stands behind it imports the package like any
 * other. Only load.ts opens it, when somebody asks.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { kinds } from "../layers/kinds.ts";
import { noteSteady } from "./planned.ts";
import { repairTf } from "./repairs/mod.ts";

/** Layers of tfjs that neither draw nor keep anything from step to step. */
const STEADY = [
  ...["InputLayer", "Model", "Functional", "Sequential"],
  ...["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"],
  ...["BatchNormalization", "LayerNormalization"],
  ...["MaxPooling2D", "AveragePooling2D"],
  ...["GlobalMaxPooling2D", "GlobalAveragePooling2D"],
  ...["Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "ThresholdedReLU"],
  ...["Flatten", "Reshape", "Permute", "ZeroPadding2D", "UpSampling2D"],
  ...["Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply"],
];

/** TensorFlow.js, repaired and with the course's layers; to be called once. */
export function prepareTf(): typeof tf {
  // The cpu backend greets its first use in Node with a notice; that flag is
  // the only thing it is good for.
  (tf.findBackend("cpu") as unknown as { firstUse: boolean }).firstUse = false;
  repairTf();
  // Known by name when a saved model is loaded.
  for (const { tfjsClass, draws } of kinds.values()) {
    const made = tfjsClass?.(tf) as object | undefined;
    if (made) noteSteady(made, draws);
  }
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const activation = Object.getPrototypeOf(classNameMap.relu[0]);
  for (const [name, [made]] of Object.entries(classNameMap)) {
    const activates = Object.getPrototypeOf(made) === activation;
    if (activates || STEADY.includes(name)) noteSteady(made);
  }
  return tf;
}
