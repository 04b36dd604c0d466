/**
 * Peak memory of training LeNet on all of MNIST, as a share of twice the data
 * plus the need of weights and activations. Below 1 is within the limit.
 */
import {
  batchesOf,
  describe,
  lenet,
  loadMnist,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";

const batchSize = 64, steps = 100, bytes = 4;
await useBackend("wasm");
const before = Deno.memoryUsage().rss;
const digits = await loadMnist();
const trainer = tfTrainer(toLayersModel(lenet(), { seed: 1 }));
let peak = 0, step = 0;
for (const { images, labels } of batchesOf(digits, { batchSize, seed: 1 })) {
  await trainer.step(images, labels);
  peak = Math.max(peak, Deno.memoryUsage().rss);
  if (++step === steps) break;
}
const { rows, parameters } = describe(lenet());
const outputs = rows.map(({ outputShape }) =>
  outputShape.reduce((a, b) => a * b, 1)
).reduce((a, b) => a + b, 0);
// weights, gradients and two moments of Adam; each output and its gradient
const need = bytes * (4 * parameters + 2 * batchSize * outputs);
const data = digits.images.data.byteLength;
console.log((peak - before) / (2 * data + need));
