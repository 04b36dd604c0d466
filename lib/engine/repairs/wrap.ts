import * as tf from "@tensorflow/tfjs";

/** What a kernel is called with. */
export type Call = Parameters<tf.KernelFunc>[0];
/** What a kernel gives back. */
export type Result = ReturnType<tf.KernelFunc>;

/** Puts a function around an engine's kernel; nothing where it has none. */
export function wrap(
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

/** The result of the cpu engine's kernel in the place of another engine's. */
export function onCpu(kernelName: string, call: Call): Result {
  const cpu = tf.engine().findBackend("cpu") as tf.KernelBackend;
  const { dataId, shape, dtype } = tf.getKernel(kernelName, "cpu").kernelFunc({
    ...call,
    backend: cpu,
  }) as tf.TensorInfo;
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype, cpu);
}
