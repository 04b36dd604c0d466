/**
 * Putting a kernel of ours in the place of tfjs's.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Attributes, type Info, wrapKernel } from "../stock.ts";
import { type Engine, engineOf, type WasmBackend } from "./engine.ts";

/** A kernel's tensors by their names in tfjs. */
export type Inputs = Record<string, Info>;

/**
 * A kernel: computes the output, or returns undefined to leave a case that it
 * does not cover to tfjs's own.
 */
export type Kernel = (
  engine: Engine,
  inputs: Inputs,
  attrs: Attributes,
) => Info | Info[] | undefined;

/** Registers a kernel for wasm; tfjs's own stays behind it. */
export function register(kernelName: string, kernel: Kernel): void {
  if (tf.getKernel(kernelName, "wasm") === undefined) {
    const kernelFunc = () => {
      throw new Error(
        `the wasm engine expects float32 numbers, images in NHWC, for ${kernelName} but found others: convert them, or use the cpu engine`,
      );
    };
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
  wrapKernel(kernelName, "wasm", (call, stock) => {
    const backend = call.backend as WasmBackend;
    return kernel(engineOf(backend), call.inputs as Inputs, call.attrs) ??
      stock(call);
  });
}
