import { permutation, random } from "../base/random.ts";
import type { ImageSet } from "../data/image_set.ts";
import { measure } from "../measure/evaluate.ts";
import { buildNetwork } from "../networks/mod.ts";
import { mlp } from "../networks/zoo/mlp.ts";
import { fit } from "../train/fit.ts";
import { scratchTrainer } from "../train/scratch_trainer.ts";
import { rateSweepDigits } from "./rate_sweep_digits.ts";

const fn = "checkRateSweep";

/** The exercise's recipe: a small MLP, plain gradient descent. */
function trainer(learningRate: number) {
  const network = buildNetwork(mlp({ hidden: [32] }), { seed: 1 });
  return scratchTrainer(network, { optimizer: "sgd", learningRate });
}

const recipe = { epochs: 3, batchSize: 25, seed: 1 };

/** What a right sweep finds, and wrong ones. */
export interface RateSweepAnswer {
  /** Decides the digits. */
  readonly seed: number;
  readonly rates: readonly number[];
  /** Accuracy of each rate on the pictures that were learned. */
  readonly train: readonly number[];
  /** The right ones, on the others. */
  readonly validation: readonly number[];
  /** Where one network learns on from rate to rate. */
  readonly one: readonly number[];
}

/** Accuracy of each rate on every part, each with a new network. */
async function sweep(
  rates: readonly number[],
  sets: { train: ImageSet; validation: ImageSet },
) {
  const train: number[] = [], validation: number[] = [], one: number[] = [];
  const kept = trainer(rates[0]);
  for (const rate of rates) {
    const fresh = trainer(rate);
    await fit(fresh, sets.train, recipe);
    train.push((await measure(fn, fresh, sets.train)).accuracy);
    validation.push((await measure(fn, fresh, sets.validation)).accuracy);
    kept.learningRate = rate; // what comes out where one network learns on
    await fit(kept, sets.train, recipe);
    one.push((await measure(fn, kept, sets.validation)).accuracy);
  }
  return { train, validation, one };
}

/** What sweeps of a seed find, right and wrong ones; the students' folder has it as numbers. */
export async function rateSweepAnswer(seed: number): Promise<RateSweepAnswer> {
  const usual = [0.001, 0.01, 0.1, 3];
  const order = permutation(usual.length, random(seed));
  const rates = Array.from(order, (i) => usual[i]);
  return { seed, rates, ...await sweep(rates, await rateSweepDigits(seed)) };
}
