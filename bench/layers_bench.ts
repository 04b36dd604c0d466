/**
 * Single layers: from scratch, and in TensorFlow.js on cpu and wasm.
 *
 * deno task bench:layers
 *
 * @module
 */
import {
  type BackendName,
  conv2d,
  conv2dBackward,
  dense,
  maxPool2d,
  randomNormal,
  toTf,
  useBackend,
} from "cnn";

const x = randomNormal([16, 14, 14, 16], 1);
const kernel = randomNormal([3, 3, 16, 32], 2);
const dy = randomNormal([16, 14, 14, 32], 3);
const rows = randomNormal([64, 400], 4);
const weights = randomNormal([400, 120], 5);

Deno.bench("conv2d from scratch", { group: "conv2d", baseline: true }, () => {
  conv2d(x, kernel, { padding: "same" });
});
Deno.bench("conv2dBackward from scratch", { group: "conv2dBackward" }, () => {
  conv2dBackward(x, kernel, dy, { padding: "same" });
});
Deno.bench(
  "maxPool2d from scratch",
  { group: "maxPool2d", baseline: true },
  () => {
    maxPool2d(x);
  },
);
Deno.bench("dense from scratch", { group: "dense", baseline: true }, () => {
  dense(rows, weights);
});

for (const backend of ["cpu", "wasm"] as BackendName[]) {
  for (const layer of ["conv2d", "maxPool2d", "dense"] as const) {
    Deno.bench(`${layer} on ${backend}`, { group: layer }, async (bench) => {
      const { tf } = await useBackend(backend);
      const [images, filters, a, b] = [x, kernel, rows, weights].map(toTf);
      const run = {
        conv2d: () => tf.conv2d(images as never, filters as never, 1, "same"),
        maxPool2d: () => tf.maxPool(images as never, 2, 2, "valid"),
        dense: () => tf.matMul(a, b),
      }[layer];
      const once = () => {
        const y = run();
        y.dataSync();
        y.dispose();
      };
      once(); // warms up
      bench.start();
      once();
      bench.end();
      tf.dispose([images, filters, a, b]);
    });
  }
}
