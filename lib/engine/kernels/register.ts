/**
 * Putting a kernel of ours in the place of tfjs's.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Engine, engineOf, type WasmBackend } from "./engine.ts";

export type Shape4 = [number, number, number, number];

/** A kernel's tensors by their names in tfjs. */
export type Inputs = Record<string, tf.TensorInfo>;

/** A kernel's settings by their names in tfjs. */
// deno-lint-ignore no-explicit-any
export type Attributes = any;

/**
 * A kernel: computes the output, or returns undefined to leave a case that it
 * does not cover to tfjs's own.
 */
export type Kernel = (
  engine: Engine,
  inputs: Inputs,
  attrs: Attributes,
) => tf.TensorInfo | tf.TensorInfo[] | undefined;

/** Registers a kernel for wasm; tfjs's own stays behind it. */
export function register(kernelName: string, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, "wasm");
  if (stock !== undefined) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    setupFunc: stock?.setupFunc,
    kernelFunc: (call) => {
      const backend = call.backend as WasmBackend;
      const inputs = call.inputs as unknown as Inputs;
      const out = kernel(engineOf(backend), inputs, call.attrs);
      if (out !== undefined) return out;
      if (stock === undefined) {
        throw new Error(
          `the wasm engine expects float32 images in NHWC for ${kernelName} but found other input: convert it, or use the cpu engine`,
        );
      }
      return stock.kernelFunc(call);
    },
  });
}

/** Does tfjs record what is computed now, to differentiate it? */
export const differentiating = (): boolean =>
  (tf.engine() as unknown as { state: { gradientDepth: number } })
    .state.gradientDepth > 0;

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, length) => size * length, 1);

/** Are all of these float32? (tfjs allows undefined for an optional input.) */
export function allFloat(...inputs: (tf.TensorInfo | undefined)[]) {
  return inputs.every((x) =>
    x === undefined || x === null || x.dtype === "float32"
  );
}
