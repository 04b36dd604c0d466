/** Small things to train on, made by hand. */
import { dense, denseBackward } from "../../lib/layers/mod.ts";
import { random, randomNormal } from "../../lib/base/random.ts";
import { reshape, type Tensor, zeros } from "../../lib/base/tensor.ts";
import type { ImageSet } from "../../lib/data/image_set.ts";
import type { Trainable } from "../../lib/mod.ts";

/** One dense layer on the pixels: the smallest network that learns. */
export function linearNetwork(
  pixels: number,
  classes: number,
  seed = 1,
): Trainable {
  const weights = new Map([
    [
      "dense1/kernel",
      randomNormal([pixels, classes], seed, { deviation: 0.1 }),
    ],
    ["dense1/bias", zeros([classes])],
  ]);
  const kernel = weights.get("dense1/kernel")!;
  let flat: Tensor;
  return {
    weights,
    forward(x) {
      flat = reshape(x, [x.shape[0], pixels]);
      return dense(flat, kernel, { bias: weights.get("dense1/bias") });
    },
    backward(dLogits) {
      const { dKernel, dBias } = denseBackward(flat, kernel, dLogits);
      return {
        gradients: new Map([
          ["dense1/kernel", dKernel],
          ["dense1/bias", dBias],
        ]),
      };
    },
  };
}

/** Noisy images of `size` x `size` whose class is the bright column. */
export function columnSet(n: number, size = 4, seed = 1): ImageSet {
  const stream = random(seed);
  const images = zeros([n, size, size, 1]);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    labels[i] = stream.integer(size);
    for (let p = 0; p < size * size; p++) {
      const bright = p % size === labels[i] ? 0.7 : 0;
      images.data[i * size * size + p] = bright + 0.3 * stream.uniform();
    }
  }
  const classNames = Array.from({ length: size }, (_, i) => `column ${i}`);
  return { name: "columns", images, labels, classNames };
}
