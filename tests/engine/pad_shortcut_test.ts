import { assertEquals } from "@std/assert";
import { randomNormal, toTf, useBackend } from "cnn";
import type { Tensor } from "@tensorflow/tfjs";

/** [N, H, W, C], strides, filters: odd ones, single ones, strides longer than the image. */
const CASES = [
  [[2, 8, 8, 16], [2, 2], 32],
  [[3, 7, 5, 3], [2, 3], 7],
  [[1, 5, 6, 4], [1, 1], 4],
  [[2, 3, 9, 6], [3, 1], 9],
  [[40, 6, 7, 5], [1, 2], 8],
  [[2, 2, 3, 1], [5, 4], 2],
] as const;

for (const [shape, [strideHeight, strideWidth], filters] of CASES) {
  const name = `${shape} by ${strideHeight}, ${strideWidth} to ${filters}`;
  Deno.test(`the shortcut's kernels keep pixels and give them back: ${name}`, async () => {
    const { tf } = await useBackend("wasm", { threads: 2 });
    const [n, h, w, c] = shape, x = randomNormal([...shape], 1);
    const oh = Math.ceil(h / strideHeight), ow = Math.ceil(w / strideWidth);
    const dy = randomNormal([n, oh, ow, filters], 2);
    x.data[0] = NaN;
    const y = new Float32Array(n * oh * ow * filters);
    const dx = new Float32Array(n * h * w * c);
    for (let image = 0; image < n; image++) {
      for (let i = 0; i < oh; i++) {
        for (let j = 0; j < ow; j++) {
          for (let k = 0; k < c; k++) {
            const row = image * h + i * strideHeight;
            const from = (row * w + j * strideWidth) * c + k;
            const to = ((image * oh + i) * ow + j) * filters + k;
            y[to] = x.data[from];
            dx[from] = dy.data[to];
          }
        }
      }
    }
    const before = tf.memory().numTensors;
    // what lies there when the memory is used again must not show
    tf.dispose([tf.fill([y.length], 7), tf.fill([dx.length], 7)]);
    const attrs = { strideHeight, strideWidth, filters };
    const [found, slope] = tf.tidy(() => {
      const keep = (x: Tensor) =>
        tf.engine().runKernel("PadShortcut", { x }, attrs) as Tensor;
      const { value, grad } = tf.valueAndGrad(keep)(toTf(x), toTf(dy));
      return [value, grad].map((one) => ({
        shape: one.shape,
        data: one.dataSync().slice() as Float32Array,
      }));
    });
    assertEquals(found, { shape: [n, oh, ow, filters], data: y });
    assertEquals(slope, { shape: [...shape], data: dx });
    assertEquals(tf.memory().numTensors, before, "tensors leak");
  });
}
