import * as tf from "@tensorflow/tfjs";
import { wrap } from "./wrap.ts";

/**
 * The gradients of a convolution over volumes, which wasm computes wrong: the cpu
 * engine's kernels take their place.
 */
export function repairConv3d(): void {
  for (const name of ["Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"]) {
    const right = tf.getKernel(name, "cpu");
    wrap(name, "wasm", (call) => {
      const cpu = tf.engine().findBackend("cpu") as tf.KernelBackend;
      const { dataId, shape, dtype } = right.kernelFunc({
        ...call,
        backend: cpu,
      }) as tf.TensorInfo;
      return tf.engine().makeTensorFromDataId(dataId, shape, dtype, cpu);
    });
  }
}
