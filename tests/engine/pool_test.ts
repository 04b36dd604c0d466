import { assertEquals } from "@std/assert";
import { randomNormal, type Tf, useBackend } from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";
import { assertClose, assertSameAsCpu } from "./compare.ts";

for (const kernel of ["MaxPool", "AvgPool"]) {
  Deno.test(`${kernel} on wasm agrees with cpu`, async () => {
    for (const filterSize of [[1, 1], [2, 2], [3, 3], [3, 2]]) {
      for (const strides of [[1, 1], [2, 2], [3, 3]]) {
        for (const pad of ["same", "valid"]) {
          await assertSameAsCpu({
            kernel,
            inputs: { x: { shape: [2, 9, 8, 6] } },
            attrs: { filterSize, strides, pad, dimRoundingMode: undefined },
          });
        }
      }
    }
  });
}

/** Pooling without padding by its definition. */
function pooled(
  values: Float32Array,
  [images, height, width, depth]: number[],
  window: number,
  stride: number,
  mean: boolean,
): number[] {
  const out: number[] = [];
  for (let n = 0; n < images; n++) {
    for (let y = 0; y + window <= height; y += stride) {
      for (let x = 0; x + window <= width; x += stride) {
        for (let c = 0; c < depth; c++) {
          const inside: number[] = [];
          for (let i = 0; i < window * window; i++) {
            const row = y + Math.floor(i / window), column = x + i % window;
            inside.push(
              values[((n * height + row) * width + column) * depth + c],
            );
          }
          out.push(
            mean
              ? inside.reduce((sum, value) => sum + value) / inside.length
              : Math.max(...inside),
          );
        }
      }
    }
  }
  return out;
}

const poolOf = (tf: Tf, mean: boolean) => mean ? tf.avgPool : tf.maxPool;

Deno.test("pooling on wasm keeps to its channel and window, also a NaN and infinities", async () => {
  const { tf } = await useBackend("wasm");
  for (const depth of [1, 2, 3, 4, 5, 7, 8, 18]) {
    const shape = [2, 9, 11, depth] as [number, number, number, number];
    for (const [window, stride] of [[2, 2], [2, 1], [3, 2], [4, 3], [5, 1]]) {
      for (const mean of [false, true]) {
        const values = randomNormal(shape, depth).data.slice() as Float32Array;
        const strays = [NaN, Infinity, -Infinity, NaN];
        for (const odd of [false, true]) {
          if (odd) {
            strays.forEach((stray, i) =>
              values[Math.floor(values.length * (i + 0.5) / 4)] = stray
            );
          }
          const found = tf.tidy(() =>
            poolOf(tf, mean)(
              tf.tensor4d(values, shape),
              window,
              stride,
              "valid",
            )
              .dataSync().slice()
          );
          const expected = pooled(values, shape, window, stride, mean);
          const what = `depth ${depth}, window ${window}, stride ${stride}`;
          const strange = (list: ArrayLike<number>) =>
            Array.from(list, (value) => Number.isFinite(value) ? 0 : value);
          assertEquals(strange(found), strange(expected), what);
          const finite = (list: ArrayLike<number>) =>
            Array.from(list, (value) => Number.isFinite(value) ? value : 0);
          assertClose(finite(found), finite(expected), what, 1e-6);
        }
      }
    }
  }
});

Deno.test("pooling on wasm divides one large image into bands that agree with cpu", async () => {
  for (const kernel of ["MaxPool", "AvgPool"]) {
    for (
      const [size, step, pad] of [[3, 2, "same"], [2, 2, "valid"], [5, 1, 2]]
    ) {
      await assertSameAsCpu({
        kernel,
        inputs: { x: { shape: [1, 61, 47, 9] } },
        attrs: {
          ...{ filterSize: size, strides: step, pad },
          dimRoundingMode: pad === 2 ? "floor" : undefined,
        },
      });
    }
  }
});

Deno.test("a window wholly beside the image has no largest number and no mean on wasm", async () => {
  const { tf } = await useBackend("wasm");
  tf.tidy(() => {
    const x = tf.ones([1, 2, 2, 5]) as tensorflow.Tensor4D;
    const corner = (y: tensorflow.Tensor) => y.dataSync()[0];
    assertEquals(corner(tf.maxPool(x, 1, 1, 1, "floor")), -Infinity);
    assertEquals(corner(tf.avgPool(x, 1, 1, 1, "floor")), NaN);
  });
});
