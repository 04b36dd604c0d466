/**
 * The door to TensorFlow.js: what stands behind it imports the package like any
 * other. Only load.ts opens it, when somebody asks.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { kinds } from "../layers/kinds.ts";
import { repairTf } from "./repairs/mod.ts";

/** TensorFlow.js, repaired and with the course's layers; to be called once. */
export function prepareTf(): typeof tf {
  // The cpu backend greets its first use in Node with a notice; that flag is
  // the only thing it is good for.
  (tf.findBackend("cpu") as unknown as { firstUse: boolean }).firstUse = false;
  repairTf();
  // Known by name when a saved model is loaded.
  for (const { tfjsClass } of kinds.values()) tfjsClass?.(tf);
  return tf;
}
