/**
 * Peak memory of training LeNet on all of MNIST, in bytes: what the process
 * grew by since its engine started, and what the training needs.
 */
import process from "node:process";
import {
  batchesOf,
  describe,
  lenet,
  loadMnist,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";
import { memoryNeed } from "./memory_need.ts";

const batchSize = 64, steps = 200;
await useBackend("wasm");
const before = Deno.memoryUsage().rss;
let peak = before;
const look = () => peak = Math.max(peak, Deno.memoryUsage().rss);

const digits = await loadMnist();
look();
const trainer = tfTrainer(toLayersModel(lenet(), { seed: 1 }));
let step = 0;
for (const { images, labels } of batchesOf(digits, { batchSize, seed: 1 })) {
  await trainer.step(images, labels);
  look();
  if (++step === steps) break;
}
// Linux keeps the peak itself, in KiB, so nothing between two looks is missed.
if (Deno.build.os === "linux") {
  peak = Math.max(peak, process.resourceUsage().maxRSS * 1024);
}
const need = memoryNeed(describe(lenet()), batchSize);
const data = digits.images.data.byteLength;
console.log(JSON.stringify({ grown: peak - before, data, need }));
