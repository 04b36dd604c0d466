/**
 * What an operation keeps for its gradient.
 *
 * tfjs copies each such tensor by an operation that the tape records in turn: half
 * of all operations of a training step. Only the gradient of a gradient needs these
 * records; else another tensor of the same numbers does.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../stock.ts";
import type { WasmBackend } from "./engine.ts";

/** What we use of tfjs's engine. */
interface Tape {
  readonly state: { readonly gradientDepth: number };
  readonly backend: unknown;
  makeTensorFromTensorInfo(x: tf.TensorInfo): Tensor;
  keep(x: Tensor): Tensor;
  saveTensorsForBackwardMode(tensors: Tensor[]): Tensor[];
}

/** Keeps tensors for the gradients on wasm without an operation. */
export function keepPlainly(): void {
  const engine = tf.engine() as unknown as Tape;
  const stock = engine.saveTensorsForBackwardMode.bind(engine);
  engine.saveTensorsForBackwardMode = (tensors) => {
    if (tf.getBackend() !== "wasm" || engine.state.gradientDepth > 1) {
      return stock(tensors);
    }
    const backend = engine.backend as WasmBackend;
    return tensors.map((x) => {
      backend.incRef(x.dataId);
      return engine.keep(engine.makeTensorFromTensorInfo(x));
    });
  };
}
