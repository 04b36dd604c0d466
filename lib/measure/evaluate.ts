/** Measuring a network on images that it did not learn from. */
import { checkTensor } from "../base/check.ts";
import { crossEntropy } from "../layers/softmax_cross_entropy.ts";
import type { ClassNumbers } from "../base/labels.ts";
import { checkFilled, type ImageSet } from "../data/image_set.ts";
import { inChunks } from "../base/in_chunks.ts";
import { argMax } from "../base/reduce.ts";
import type { Tensor } from "../base/tensor.ts";
import { checkFinite, checkLabels, countEqual } from "./classify.ts";
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

/** Images measured between two turns of the event loop; a trainer takes as many at once. */
const PART = 250;

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

/**
 * What evaluate() does, in the name of the function that was called; `compute` is
 * told of each part that computes without a pause.
 */
export async function measure(
  caller: string,
  trainer: Pick<Trainer, "logits">,
  set: ImageSet,
  compute = <T>(part: () => T): T => part(),
): Promise<Evaluation> {
  checkTrainer(caller, trainer, "logits");
  checkFilled(caller, set);
  const { images, labels, name } = set;
  const logits = await inChunks(images, PART, async (part) => {
    const found = await compute(() => trainer.logits(part));
    checkTensor(caller, "logits", found);
    return found;
  });
  checkLabels(caller, labels, logits.shape);
  checkFinite(caller, logits, ` on "${name}"`);
  const { loss, probabilities } = crossEntropy(logits, labels);
  const predictions = argMax(logits, 1);
  const accuracy = countEqual(predictions, labels) / labels.length;
  return { accuracy, loss, predictions, probabilities };
}
