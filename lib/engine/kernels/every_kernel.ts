/**
 * What stands around every kernel of the wasm engine, tfjs's own or ours.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { named } from "./allocator.ts";
import { recording } from "./recorder.ts";

/** Names the traps of every kernel, and lets it be recorded. */
export function surroundKernels(): void {
  for (const kernel of tf.getKernelsForBackend("wasm")) {
    const { kernelName, kernelFunc } = kernel;
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) =>
        named(
          kernelName,
          () =>
            recording.by?.kernel(kernelName, call, kernelFunc) ??
              kernelFunc(call),
        ),
    });
  }
}
