import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { wrap } from "./wrap.ts";

/**
 * The gradient of a convolution over volumes by its input, which wasm computes
 * wrong: the cpu engine's kernel takes its place.
 */
export function repairConv3d(tf: Tf): void {
  const kernelName = "Conv3DBackpropInputV2";
  const right = tf.getKernel(kernelName, "cpu");
  wrap(tf, kernelName, "wasm", (call) => {
    const cpu = tf.engine().findBackend("cpu") as tensorflow.KernelBackend;
    const { dataId, shape, dtype } = right.kernelFunc({
      ...call,
      backend: cpu,
    }) as tensorflow.TensorInfo;
    return tf.engine().makeTensorFromDataId(dataId, shape, dtype, cpu);
  });
}
