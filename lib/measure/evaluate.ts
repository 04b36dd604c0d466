/**
 * Measuring a network on images that it did not learn from.
 *
 * @module
 */
import { checkTensor } from "../base/check.ts";
import { softmaxCrossEntropy } from "../layers/mod.ts";
import type { ClassNumbers } from "../data/labels.ts";
import { checkSet, type ImageSet } from "../data/image_set.ts";
import { slice, type Tensor } from "../base/tensor.ts";
import { pause } from "../base/pause.ts";
import { argMax } from "../base/reduce.ts";
import { concatRows } from "../base/verbs.ts";
import { checkFinite, checkLabels, countCorrect } from "./classify.ts";
import { checkTrainer, type Trainer } from "./trainer.ts";

/** How well a network reads a set. */
export interface Evaluation {
  /** Share of the images whose class was found. */
  readonly accuracy: number;
  /** Mean cross entropy. */
  readonly loss: number;
  /** Class of the largest logit, one an image. */
  readonly predictions: ClassNumbers;
  /** Softmax of the logits [N, classes]. */
  readonly probabilities: Tensor;
}

/** Images measured between two turns of the event loop. */
const PART = 500;

/**
 * Measures accuracy and loss on a set.
 *
 * @param trainer From scratchTrainer() or tfTrainer(); anything with logits().
 * @param set Images and labels.
 * @throws {TypeError} No trainer, or no set with one label an image.
 * @throws {RangeError} An empty set, or a label that is none of the classes.
 * @throws {Error} A logit that is no finite number.
 *
 * @example
 * ```ts
 * import { buildNetwork, evaluate, loadMnist, mlp, scratchTrainer } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const digits = await loadMnist({ split: "test", limit: 50 });
 * const trainer = scratchTrainer(buildNetwork(mlp(), { seed: 1 }));
 * const { accuracy } = await evaluate(trainer, digits);
 * assert(accuracy < 0.5); // nothing is learned yet
 * ```
 */
export function evaluate(
  trainer: Pick<Trainer, "logits">,
  set: ImageSet,
): Promise<Evaluation> {
  return measure("evaluate", trainer, set);
}

/** What evaluate() does, in the name of the function that was called. */
export async function measure(
  caller: string,
  trainer: Pick<Trainer, "logits">,
  set: ImageSet,
): Promise<Evaluation> {
  checkTrainer(caller, trainer, "logits");
  checkSet(caller, set);
  const logits = await logitsOf(caller, trainer, set);
  checkLabels(caller, set.labels, logits.shape);
  checkFinite(caller, logits, ` on "${set.name}"`);
  const { loss, probabilities } = softmaxCrossEntropy(logits, set.labels);
  const correct = countCorrect(logits, set.labels);
  return {
    accuracy: correct / set.labels.length,
    loss,
    predictions: argMax(logits, 1),
    probabilities,
  };
}

/** Logits of all images, with turns for the event loop in between. */
async function logitsOf(
  caller: string,
  trainer: Pick<Trainer, "logits">,
  { images, name }: ImageSet,
): Promise<Tensor> {
  const rows = images.shape[0];
  if (rows === 0) {
    throw new RangeError(
      `${caller}() expects at least one image but found none in "${name}": load some`,
    );
  }
  const parts: Tensor[] = [];
  let last = performance.now();
  for (let start = 0; start < rows; start += PART) {
    const part = slice(images, start, Math.min(start + PART, rows));
    const logits = await trainer.logits(part);
    checkTensor(caller, "logits", logits);
    parts.push(logits);
    last = await pause(last);
  }
  return concatRows(parts);
}
