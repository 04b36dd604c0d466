/**
 * From logits to classes, and the checks on the way.
 *
 * @module
 */
import { argMax } from "../base/reduce.ts";
import { checkKind, type Labels } from "../data/labels.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";

/** Throws unless every label names one of the classes and there is one an image. */
export function checkLabels(
  caller: string,
  labels: Labels,
  logits: readonly number[],
): void {
  checkKind(caller, labels);
  const [rows, classes] = logits;
  if (logits.length !== 2 || labels.length !== rows) {
    throw new TypeError(
      `${caller}() expects one row of logits an image and one label a row but found logits ${
        shapeText(logits)
      } and ${labels.length} labels: end the network with dense() and take images and labels from one set`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new RangeError(
        `${caller}() expects labels from 0 to ${classes - 1} but found ${
          labels[i]
        } at place ${i}: give the network as many outputs as there are classes`,
      );
    }
  }
}

/**
 * Throws when a step's loss is no finite number.
 *
 * @param caller Name of the function for messages.
 * @param step Number of the step, from 1.
 */
export function checkLoss(
  caller: string,
  loss: number,
  step: number,
  learningRate?: number,
): void {
  if (Number.isFinite(loss)) return;
  const now = learningRate === undefined ? "" : ` (now ${learningRate})`;
  throw new Error(
    `${caller}() expects a finite loss but found ${loss} at step ${step}: make the network anew, lower the learningRate${now}, and check the images for NaN`,
  );
}

/** Throws on logits that are no finite numbers: NaN has no largest. */
export function checkFinite(caller: string, logits: Tensor, where = ""): void {
  const wrong = logits.data.findIndex((value) => !Number.isFinite(value));
  if (wrong === -1) return;
  throw new Error(
    `${caller}() expects finite logits but found ${
      logits.data[wrong]
    }${where}: look for NaN in weights and images; train again with a lower learningRate`,
  );
}

/** Rows of `logits` [N, classes] whose largest value stands at the label. */
export function countCorrect(logits: Tensor, labels: Labels): number {
  const predicted = argMax(logits, 1);
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    if (predicted[i] === labels[i]) correct++;
  }
  return correct;
}
