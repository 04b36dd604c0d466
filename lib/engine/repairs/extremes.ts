import * as tf from "@tensorflow/tfjs";
import { type Info, type Tensor, wrapGradient, wrapKernel } from "../stock.ts";

/** argMax and argMin, which pass over a NaN behind the first place: it wins. */
export function repairArgMax(backendName: "wasm" | "cpu"): void {
  for (const name of ["ArgMax", "ArgMin"]) {
    wrapKernel(name, backendName, (call, stock) => {
      const x = call.inputs.x as Tensor;
      const backend = call.backend as { readSync(id: object): Float32Array };
      if (x.dtype !== "float32" || !backend.readSync(x.dataId).some(isNaN)) {
        return stock(call);
      }
      return tf.tidy(() => {
        const { axis } = call.attrs as unknown as { axis: number };
        const lost = tf.cast(tf.isNaN(x), "int32");
        const usual = tf.engine().makeTensorFromTensorInfo(stock(call) as Info);
        return tf.where(
          tf.cast(tf.max(lost, axis), "bool"),
          tf.argMax(lost, axis),
          usual,
        );
      });
    });
  }
}

/**
 * The gradients of max and min over axes: tfjs looks for inputs that equal the
 * result, and NaN equals nothing, so the gradient was lost.
 */
export function repairMaximumGradients(): void {
  for (const kernelName of ["Max", "Min"]) {
    wrapGradient(kernelName, (dy, [x, y], { reductionIndices }) => {
      const axes = tf.util.parseAxisParam(reductionIndices, x.shape);
      const shape = tf.backend_util.expandShapeToKeepDim(
        tf.backend_util.computeOutAndReduceShapes(x.shape, axes)[0],
        axes,
      );
      const same = tf.equal(x, tf.reshape(y, shape));
      const chosen = tf.cast(tf.logicalOr(same, tf.isNaN(x)), "float32");
      return { x: () => tf.mul(tf.reshape(dy, shape), chosen) };
    });
  }
}
