import { allocate, type Tensor } from "../base/tensor.ts";
import { checkTensor, shown } from "../base/check.ts";
import { checkClasses } from "../base/labels.ts";
import { softmaxRows } from "./softmax.ts";

/** The loss of a classifier and what flows back from it. */
export interface CrossEntropy {
  /** Mean over the batch of -log(probability of the right class), in nats. */
  loss: number;
  /** Softmax of the logits [N, C]. */
  probabilities: Tensor;
  /** Gradient of the loss for the logits [N, C]. */
  dLogits: Tensor;
}

/**
 * Softmax and cross-entropy in one: the mean of -log p[label] over the batch.
 *
 * Computed from the logits by log-sum-exp, so a probability that underflows to 0
 * still gives the right loss. Its gradient is (p - one-hot label) / N. A net that
 * knows nothing has a loss of log C.
 *
 * @param logits Scores [N, C].
 * @param labels N class numbers from 0 to C - 1.
 * @returns `{ loss, probabilities, dLogits }`.
 * @throws {TypeError} Logits that are not [N, C]; another number of labels than N.
 * @throws {RangeError} A label that is no whole number from 0 to C - 1.
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy, tensor } from "cnn";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { loss, dLogits } = softmaxCrossEntropy(tensor([[0, 0]]), [1]);
 * assertAlmostEquals(loss, Math.log(2));
 * assertEquals([...dLogits.data], [0.5, -0.5]);
 * ```
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  labels: ArrayLike<number>,
): CrossEntropy {
  checkTensor("softmaxCrossEntropy", "logits", logits, "[N, C]");
  const [batch, classes] = logits.shape;
  if (typeof labels !== "object" || labels?.length !== batch) {
    throw new TypeError(
      `softmaxCrossEntropy() expects ${batch} labels for logits [${batch}, ${classes}] but found ${
        labels?.length ?? shown(labels)
      }: pass one class number a row, not one-hot rows`,
    );
  }
  const remedy = "classes are counted from 0";
  checkClasses("softmaxCrossEntropy", "whole labels", labels, classes, remedy);
  return crossEntropy(logits, labels);
}

/** softmaxCrossEntropy() of labels that were checked. */
export function crossEntropy(
  logits: Tensor,
  labels: ArrayLike<number>,
): CrossEntropy {
  const [batch, classes] = logits.shape;
  const probabilities = softmaxRows(logits.data, classes);
  const dLogits = probabilities.slice();
  for (let i = 0; i < dLogits.length; i++) dLogits[i] /= batch;
  let loss = 0;
  for (let n = 0; n < batch; n++) {
    const row = logits.data.subarray(n * classes, (n + 1) * classes);
    loss += (logSumExp(row) - row[labels[n]]) / batch;
    dLogits[n * classes + labels[n]] -= 1 / batch;
  }
  const wrap = (values: Float64Array): Tensor => {
    const data = allocate(values.length, logits.data);
    data.set(values);
    return { shape: [batch, classes], data }; // [N, C]
  };
  return {
    loss,
    probabilities: wrap(probabilities),
    dLogits: wrap(dLogits),
  };
}

/** log of the sum of exp(x), without overflow. */
function logSumExp(x: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, x[i]);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i] - largest);
  return largest + Math.log(sum);
}
