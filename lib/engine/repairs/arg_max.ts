import * as tf from "@tensorflow/tfjs";
import { wrap } from "./wrap.ts";

/** argMax and argMin, which pass over a NaN behind the first place: it wins. */
export function repairArgMax(backendName: "wasm" | "cpu"): void {
  for (const name of ["ArgMax", "ArgMin"]) {
    wrap(name, backendName, (call, stock) => {
      const x = call.inputs.x as tf.TensorInfo;
      const backend = call.backend as unknown as {
        readSync(id: object): Float32Array;
      };
      if (x.dtype !== "float32" || !backend.readSync(x.dataId).some(isNaN)) {
        return stock(call);
      }
      return tf.tidy(() => {
        const { axis } = call.attrs as unknown as { axis: number };
        const made = (info: tf.TensorInfo) =>
          tf.engine().makeTensorFromTensorInfo(info);
        const lost = tf.cast(tf.isNaN(x as tf.Tensor), "int32");
        const usual = made(stock(call) as tf.TensorInfo);
        return tf.where(
          tf.cast(tf.max(lost, axis), "bool"),
          tf.argMax(lost, axis),
          usual,
        );
      });
    });
  }
}
