import * as tf from "@tensorflow/tfjs";
import { onCpu, wrap } from "./wrap.ts";

/** Kernels that make numbers even from none. */
const NAMES = [
  ...["Sum", "Mean", "Max", "Min", "Prod", "All", "Any"],
  ...["Conv2DBackpropFilter", "DepthwiseConv2dNativeBackpropFilter"],
];

/** What is made from empty tensors, which wasm leaves unwritten: as on cpu. */
export function repairEmpty(): void {
  for (const name of NAMES) {
    wrap(name, "wasm", (call, stock) => {
      const inputs = Object.values(call.inputs) as tf.TensorInfo[];
      return inputs.some((x) => x.shape.includes(0))
        ? onCpu(name, call)
        : stock(call);
    });
  }
}
