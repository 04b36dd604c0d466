import { layers, network } from "../networks/mod.ts";
import { type ImageSet, selectImages } from "../data/image_set.ts";
import { loadMnist } from "../data/mnist.ts";
import { permutePixels } from "../data/transforms.ts";
import { settle } from "../base/options.ts";
import { checkSeeds } from "./seeds.ts";
import { quickAccuracy } from "../train/quick_accuracy.ts";

/** One convolution over digits, its maps pooled, and a dense layer. */
const small = network("small", [28, 28, 1], [
  layers.conv2d({ filters: 8, kernelSize: 5, strides: 2 }),
  layers.relu(),
  layers.maxPool2d(),
  layers.flatten(),
  layers.dense({ units: 10 }),
]);

/**
 * The accuracy that a small CNN loses when it learns and reads digits whose
 * pixels stand in another order.
 *
 * Trains from scratch on 1,000 digits, in both orders, once for each seed, and
 * reads 1,000 others of the training file.
 *
 * @param order Each of 0 to 783 once: place i shows old pixel `order[i]`.
 * @param options `seeds`: [1, 2] unless told.
 * @returns From -1 to 1; about 0 for an order that the CNN does not mind.
 * @throws {RangeError} An order that is no permutation of the pixels.
 *
 * @example
 * ```ts
 * import { permutation, pixelOrderLoss } from "cnn";
 * import { assert } from "@std/assert";
 *
 * assert(await pixelOrderLoss(permutation(784, 1), { seeds: [1] }) > 0.03);
 * ```
 */
export async function pixelOrderLoss(
  order: ArrayLike<number>,
  options: { seeds?: readonly number[] } = {},
): Promise<number> {
  const { seeds } = settle("pixelOrderLoss", options, { seeds: [1, 2] });
  checkSeeds("pixelOrderLoss", seeds);
  const digits = await loadMnist({ limit: 2000, seed: 1 });
  const thousand = (from: number) =>
    selectImages(digits, Array.from({ length: 1000 }, (_, i) => from + i));
  const train = thousand(0), validation = thousand(1000);
  const ordered = (set: ImageSet): ImageSet => ({
    ...set,
    images: permutePixels(set.images, order),
  });
  const other = {
    train: ordered(train),
    validation: ordered(validation),
  };
  const usual = await quickAccuracy(small, { train, validation, seeds });
  return usual - await quickAccuracy(small, { ...other, seeds });
}
