/** A drawn network as TensorFlow.js has it. */
import type * as tensorflow from "@tensorflow/tfjs";
import { toLayersModel } from "../../lib/engine/layers_model.ts";

/** The network as a model of TensorFlow.js; undefined where tfjs cannot have it. */
export function modelOf(
  ...network: Parameters<typeof toLayersModel>
): tensorflow.LayersModel | undefined {
  try {
    return toLayersModel(...network);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes("tfjs cannot do both at once")) return undefined;
    throw error;
  }
}
