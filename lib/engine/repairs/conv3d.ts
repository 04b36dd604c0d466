import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../tf.ts";
import { wrap } from "./wrap.ts";

/**
 * The gradients of a convolution over volumes, which wasm computes wrong: the cpu
 * engine's kernels take their place.
 */
export function repairConv3d(tf: Tf): void {
  for (const name of ["Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"]) {
    const right = tf.getKernel(name, "cpu");
    wrap(tf, name, "wasm", (call) => {
      const cpu = tf.engine().findBackend("cpu") as tensorflow.KernelBackend;
      const { dataId, shape, dtype } = right.kernelFunc({
        ...call,
        backend: cpu,
      }) as tensorflow.TensorInfo;
      return tf.engine().makeTensorFromDataId(dataId, shape, dtype, cpu);
    });
  }
}
