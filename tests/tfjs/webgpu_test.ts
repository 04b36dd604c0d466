import { randomNormal, tfjs, toTf, useBackend } from "cnn";
import type { Tensor4D } from "@tensorflow/tfjs";
import { findAdapter } from "../../lib/tfjs/adapter.ts";
import { assertClose } from "./compare.ts";

// An emulated adapter will do here; machines without any skip this.
const { kind } = await findAdapter();

Deno.test({
  name: "convolutions train on webgpu as on cpu",
  ignore: kind === "none",
  // tfjs keeps its buffers for the next use
  sanitizeResources: false,
  async fn() {
    const gradients = async (backend: "cpu" | "webgpu") => {
      await useBackend(backend);
      const tf = tfjs();
      const values: Float32Array[] = [];
      for (const strides of [1, 2, 3]) {
        for (const pad of ["same", "valid"] as const) {
          for (const size of [2, 3]) {
            const x = toTf(randomNormal([2, 7, 8, 3], 1)) as Tensor4D;
            const filter = toTf(randomNormal([size, size, 3, 4], 2));
            const made = tf.grads((x, filter) =>
              tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad)
                .square()
            )([x, filter]);
            for (const tensor of made) {
              values.push(await tensor.data() as Float32Array);
            }
            tf.dispose([x, filter, made]);
          }
        }
      }
      return values;
    };
    const expected = await gradients("cpu");
    const found = await gradients("webgpu");
    expected.forEach((values, i) =>
      assertClose(found[i], values, `array ${i}`)
    );
    await useBackend("wasm");
  },
});
