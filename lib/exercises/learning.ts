import { checkSome } from "../base/arguments.ts";
import { checkFilled, type ImageSet, selectImages } from "../data/image_set.ts";
import { checkSeed, settle } from "../base/options.ts";
import { checkArchitecture } from "../networks/check_architecture.ts";
import { checkRange } from "../base/range.ts";
import type { Architecture } from "../networks/types.ts";
import { quickAccuracy } from "../train/quick_accuracy.ts";
import type { Condition } from "./conditions.ts";

/** How a student's network is trained, and what it must reach. */
export interface Learning {
  /** The first so many pictures are learned; the rest are for validation. */
  training: number;
  /** Least share of the validation pictures that must be right. */
  least: number;
  /** 2 unless told. */
  epochs?: number;
  /** One training each, of which the mean counts; [1, 2] unless told. */
  seeds?: readonly number[];
}

/**
 * The condition that a student's network learns, for checkConditions(): it is
 * trained from scratch, as quickAccuracy() does, and measured on validation pictures.
 *
 * @param architecture The student's network, ending with logits.
 * @param pictures Of a training file: no test picture is needed.
 * @param options `training` and `least`; `epochs` 2, `seeds` [1, 2].
 * @throws {RangeError} No pictures for one of the parts; a share that is none.
 * @throws {TypeError | RangeError} A network that cannot exist.
 *
 * @example
 * ```ts
 * import { checkConditions, learningConditions, loadMnist, mlp } from "cnn";
 *
 * const digits = await loadMnist({ limit: 400 });
 * const must = { training: 300, least: 0.3, seeds: [1] };
 * await checkConditions(
 *   await learningConditions(mlp({ hidden: [16] }), digits, must),
 *   { exercise: "5.4" },
 * );
 * ```
 */
export async function learningConditions(
  architecture: Architecture,
  pictures: ImageSet,
  options: Learning,
): Promise<Condition[]> {
  const fn = "learningConditions";
  const { training, least, epochs, seeds } = settle(fn, options, {
    training: undefined as unknown as number,
    least: undefined as unknown as number,
    epochs: 2,
    seeds: [1, 2] as readonly number[],
  });
  checkArchitecture(fn, architecture);
  checkFilled(fn, pictures);
  const count = pictures.labels.length;
  checkRange(fn, "a whole number of training pictures", training, {
    from: 1,
    to: count - 1,
    whole: true,
    remedy: `leave some of the ${count} for validation`,
  });
  checkRange(fn, "a least share", least, {
    from: 0,
    to: 1,
    remedy: "state what more than guessing is",
  });
  checkRange(fn, "a whole number of epochs", epochs, {
    from: 1,
    whole: true,
    remedy: "2 is a start",
  });
  checkSome(fn, "seed", seeds, "[1, 2] is a start");
  for (const seed of seeds) checkSeed(fn, seed);
  const order = Array.from({ length: count }, (_, i) => i);
  const accuracy = await quickAccuracy(architecture, {
    train: selectImages(pictures, order.slice(0, training)),
    validation: selectImages(pictures, order.slice(training)),
    epochs,
    seeds,
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [{
    holds: accuracy >= least,
    mistake: "learns too little",
    details: `expected at least ${percent(least)} of ${
      count - training
    } validation pictures after ${epochs} epochs, found ${
      percent(accuracy)
    }: look for a layer that is missing or too narrow`,
  }];
}
