import { softmax, softmaxCrossEntropy } from "../layers/mod.ts";
import type { Random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { sum } from "../base/reduce.ts";
import { map, transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { wholeNumbers } from "./random_case.ts";

/** A student's gradient of the cross-entropy for the logits. */
export type CrossEntropyGradientSolution = (
  logits: Tensor,
  labels: number[],
) => Tensor | Promise<Tensor>;

/** Logits [N, C] and labels, simple ones first; the last are not whole. */
function draw(stream: Random): [logits: Tensor, labels: number[]][] {
  return [[1, 3], [1, 5], [3, 4], [4, 2], [5, 3], [3, 7]].map((shape, i) => {
    const whole = wholeNumbers(shape, stream, 3);
    const labels = Array.from(
      { length: shape[0] },
      () => stream.integer(shape[1]),
    );
    return [i < 4 ? whole : map(whole, (v) => v / 4 + 0.11), labels];
  });
}

const gradient = (logits: Tensor, labels: number[]) =>
  softmaxCrossEntropy(logits, labels).dLogits;

/** 1 at the label of each row, 0 elsewhere. */
const oneHot = (logits: Tensor, labels: number[]) =>
  map(logits, (_, n, c) => labels[n] === c ? 1 : 0);

/** Wrong probabilities in the right formula, (p - one-hot) / N. */
const from =
  (probabilities: (logits: Tensor) => Tensor) =>
  (logits: Tensor, labels: number[]): Tensor => {
    const p = probabilities(logits), wanted = oneHot(logits, labels);
    return map(
      p,
      (v, n, c) => (v - wanted.data[n * logits.shape[1] + c]) / logits.shape[0],
    );
  };

/** exp(x) divided by the sum over the whole tensor. */
function softmaxOfAll(logits: Tensor): Tensor {
  const powers = map(logits, Math.exp);
  const total = sum(powers);
  return map(powers, (v) => v / total);
}

/**
 * Checks a student's gradient of softmax and cross-entropy: (logits [N, C],
 * labels) => dLogits [N, C], the mean over the batch included.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkCrossEntropyGradient, softmaxCrossEntropy } from "cnn";
 *
 * await checkCrossEntropyGradient(
 *   (logits, labels) => softmaxCrossEntropy(logits, labels).dLogits,
 *   { exercise: "A.3" },
 * );
 * ```
 */
export const checkCrossEntropyGradient: Check<CrossEntropyGradientSolution> =
  check({
    check: "checkCrossEntropyGradient",
    name: "crossEntropyGradient",
    names: ["logits", "labels"],
    cases: ({ stream }) => draw(stream),
    expected: gradient,
    mistakes: [{
      "sum instead of mean over the batch": [
        "the loss is the mean over the N pictures: divide by N",
        (logits, labels) =>
          map(gradient(logits, labels), (v) => v * labels.length),
      ],
      "divided by the classes": [
        "the loss is the mean over the N pictures: divide by N, not by C",
        (logits, labels) =>
          map(
            gradient(logits, labels),
            (v) => v * labels.length / logits.shape[1],
          ),
      ],
      "sign the wrong way round": [
        "probability minus target: the right class gets a value below 0, so that a step downhill lifts it",
        (logits, labels) => map(gradient(logits, labels), (v) => -v),
      ],
      "target forgotten": [
        "subtract 1 from the probability of the right class",
        (logits) => map(softmax(logits), (v) => v / logits.shape[0]),
        (logits) => softmax(logits),
      ],
      "softmax missing": [
        "the logits are no probabilities yet: take exp, divide by the row's sum, then subtract the target",
        from((logits) => logits),
      ],
      "exp without its sum": [
        "divide each exp by the sum of its row",
        from((logits) => map(logits, Math.exp)),
      ],
      "exp forgotten": [
        "take exp of each logit before you divide by the row's sum",
        from((logits) => {
          const c = logits.shape[1];
          return map(logits, (v, n) => {
            const row = Array.from(logits.data.subarray(n * c, n * c + c));
            return v / row.reduce((total, x) => total + x, 0);
          });
        }),
      ],
      "softmax over the batch": [
        "each row is one picture: sum over its classes, not over the pictures",
        from((logits) => transpose(softmax(transpose(logits)))),
      ],
      "one sum for all rows": [
        "start the sum anew for each picture",
        from(softmaxOfAll),
      ],
      "only the first label": [
        "picture n has the label labels[n]",
        (logits, labels) => gradient(logits, labels.map(() => labels[0])),
      ],
      "only the right class": [
        "the other classes get their probability, divided by N: they are pushed down",
        (logits, labels) => {
          const wanted = oneHot(logits, labels), g = gradient(logits, labels);
          return map(g, (v, n, c) => v * wanted.data[n * logits.shape[1] + c]);
        },
      ],
    }],
  });
