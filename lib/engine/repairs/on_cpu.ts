import * as tf from "@tensorflow/tfjs";
import { type Info, type KernelCall, wrapKernel } from "../stock.ts";

/** The result of the cpu engine's kernel in the place of another engine's. */
function onCpu(kernelName: string, call: KernelCall): tf.Tensor {
  const backend = tf.engine().findBackend("cpu") as tf.KernelBackend;
  const { kernelFunc } = tf.getKernel(kernelName, "cpu");
  const { dataId, shape, dtype } = kernelFunc({ ...call, backend }) as Info;
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype, backend);
}

/** The gradients of a convolution over volumes, which wasm computes wrong. */
export function repairConv3d(): void {
  for (const name of ["Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"]) {
    wrapKernel(name, "wasm", (call) => onCpu(name, call));
  }
}

/** Kernels that make numbers even from none. */
const MAKERS = ["Sum", "Mean", "Max", "Min", "Prod", "All", "Any"]
  .concat("Conv2DBackpropFilter", "DepthwiseConv2dNativeBackpropFilter");

/** What is made from empty tensors, which wasm leaves unwritten: as on cpu. */
export function repairEmpty(): void {
  for (const name of MAKERS) {
    wrapKernel(name, "wasm", (call, stock) => {
      const inputs = Object.values(call.inputs) as Info[];
      return inputs.some((x) => x.shape.includes(0))
        ? onCpu(name, call)
        : stock(call);
    });
  }
}
