/** Seconds to load MNIST's training images, in a fresh process. */
import { loadMnist } from "cnn";

const start = performance.now();
await loadMnist();
console.log((performance.now() - start) / 1000);
