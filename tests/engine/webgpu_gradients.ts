/**
 * Gradients of small convolutions on the graphics adapter, as JSON on the output:
 * `deno run` this. Not for `deno test`, whose thread can end while the adapter's
 * library (libEGL) clears up: about one such process in a hundred crashes at its end.
 */
import { randomNormal, tfjs, toTf, useBackend } from "cnn";
import type { Tensor4D } from "@tensorflow/tfjs";
import { findAdapter } from "../../lib/engine/adapter.ts";

/** What the process tells: no gradients where there is no adapter. */
export interface Told {
  kind: "none" | "software" | "hardware";
  gradients: number[][];
}

/** Gradients for the input and the kernel of 12 convolutions. */
export async function gradientsOn(
  backend: "cpu" | "webgpu",
): Promise<number[][]> {
  await useBackend(backend);
  const tf = tfjs();
  const values: number[][] = [];
  for (const strides of [1, 2, 3]) {
    for (const pad of ["same", "valid"] as const) {
      for (const size of [2, 3]) {
        const x = toTf(randomNormal([2, 7, 8, 3], 1)) as Tensor4D;
        const filter = toTf(randomNormal([size, size, 3, 4], 2));
        const made = tf.grads((x, filter) =>
          tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad).square()
        )([x, filter]);
        for (const tensor of made) values.push([...await tensor.data()]);
        tf.dispose([x, filter, made]);
      }
    }
  }
  return values;
}

if (import.meta.main) {
  const { kind } = await findAdapter();
  const gradients = kind === "none" ? [] : await gradientsOn("webgpu");
  const told: Told = { kind, gradients };
  console.log(JSON.stringify(told));
}
