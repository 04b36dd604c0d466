import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../tf.ts";

/** What a kernel is called with. */
export type Call = Parameters<tensorflow.KernelFunc>[0];
/** What a kernel gives back. */
export type Result = ReturnType<tensorflow.KernelFunc>;

/** Puts a function around an engine's kernel; nothing where it has none. */
export function wrap(
  tf: Tf,
  kernelName: string,
  backendName: string,
  around: (call: Call, stock: (call: Call) => Result) => Result,
): void {
  const stock = tf.getKernel(kernelName, backendName);
  if (stock === undefined) return;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...stock,
    kernelFunc: (call) => around(call, stock.kernelFunc),
  });
}
