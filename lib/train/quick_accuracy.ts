import { buildNetwork } from "../networks/build_network.ts";
import type { Architecture } from "../networks/types.ts";
import { checkList } from "../base/arguments.ts";
import { checkSet, type ImageSet, selectImages } from "../data/image_set.ts";
import { loadMnist } from "../data/mnist.ts";
import { checkSeed, settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { measure } from "../measure/evaluate.ts";
import { fit } from "./fit.ts";
import { scratchTrainer } from "./scratch_trainer.ts";

/** How short the training is. */
export interface QuickOptions {
  /** 1,000 training digits of MNIST unless told. */
  train?: ImageSet;
  /** What the accuracy is measured on: 1,000 other training digits unless told. */
  validation?: ImageSet;
  /** 2 unless told. */
  epochs?: number;
  /** One training each; [1, 2] unless told. */
  seeds?: readonly number[];
}

/**
 * Accuracy after a short training from scratch, mean over the seeds.
 *
 * For choosing a network, so no test picture is touched. Adam with a learning rate of 0.003, batches of 32. It needs no TensorFlow.js
 * and some seconds: for comparing small networks, not for good ones.
 *
 * @param architecture The network, ending with logits.
 * @param options `train`, `validation`, `epochs`, `seeds`.
 * @throws {TypeError} An unknown option; sets without one label an image.
 * @throws {RangeError} No seeds; epochs that are no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { mlp, quickAccuracy } from "cnn";
 * import { assert } from "@std/assert";
 *
 * assert(await quickAccuracy(mlp({ hidden: [32] }), { seeds: [1] }) > 0.5);
 * ```
 */
export async function quickAccuracy(
  architecture: Architecture,
  options: QuickOptions = {},
): Promise<number> {
  const { epochs, seeds, ...sets } = settle("quickAccuracy", options, {
    train: undefined,
    validation: undefined,
    epochs: 2,
    seeds: [1, 2],
  });
  checkList("quickAccuracy", "seeds", seeds);
  for (const seed of seeds) checkSeed("quickAccuracy", seed);
  checkRange("quickAccuracy", "a whole number of epochs", epochs, {
    from: 1,
    whole: true,
    remedy: "2 is a start",
  });
  for (const set of [sets.train, sets.validation]) {
    if (set !== undefined) checkSet("quickAccuracy", set);
  }
  if (seeds.length === 0) {
    throw new RangeError(
      "quickAccuracy() expects at least one seed but found none: [1, 2] is a start",
    );
  }
  const digits = await loadMnist({ limit: 2000, seed: 5 });
  const thousand = (from: number) =>
    selectImages(digits, Array.from({ length: 1000 }, (_, i) => from + i));
  const train = sets.train ?? thousand(0);
  const validation = sets.validation ?? thousand(1000);
  let sum = 0;
  for (const seed of seeds) {
    const network = buildNetwork(architecture, { seed });
    const trainer = scratchTrainer(network, { learningRate: 0.003 });
    await fit(trainer, train, { epochs, batchSize: 32, seed });
    sum += (await measure("quickAccuracy", trainer, validation)).accuracy;
  }
  return sum / seeds.length;
}
