/**
 * Images a second of the from-scratch LeNet: plain TypeScript, one thread.
 *
 * deno task speed:scratch
 *
 * @module
 */
import {
  buildNetwork,
  lenet,
  loadMnist,
  scratchTrainer,
  slice,
  type Tensor,
} from "cnn";

const BATCH = 64, ROUNDS = 5, ROUND_SECONDS = 1.5;

const digits = await loadMnist({ split: "train", limit: 1024 });
const batches: { images: Tensor; labels: Uint8Array }[] = [];
for (let start = 0; start < digits.labels.length; start += BATCH) {
  batches.push({
    images: slice(digits.images, start, start + BATCH),
    labels: digits.labels.slice(start, start + BATCH),
  });
}

const trainer = scratchTrainer(buildNetwork(lenet(), { seed: 1 }));
console.log(`LeNet from scratch, MNIST, batch ${BATCH}, one thread`);
await measure("training", (images, labels) => trainer.step(images, labels));
await measure("inference", (images) => trainer.logits(images));

/** Prints the median of the rounds, and their range. */
async function measure(
  name: string,
  work: (images: Tensor, labels: Uint8Array) => Promise<unknown>,
): Promise<void> {
  const speeds: number[] = [];
  // the first round warms the compiler up and is not counted
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    let seen = 0, seconds = 0;
    for (let i = 0; seconds < ROUND_SECONDS; i++) {
      const { images, labels } = batches[i % batches.length];
      await work(images, labels);
      seen += labels.length;
      seconds = (performance.now() - start) / 1000;
    }
    if (round > 0) speeds.push(seen / seconds);
  }
  speeds.sort((a, b) => a - b);
  const [low, median, high] = [0, (ROUNDS - 1) / 2, ROUNDS - 1]
    .map((place) => speeds[place].toFixed(0));
  console.log(`${name.padEnd(10)} ${median} images/s (${low} to ${high})`);
}
