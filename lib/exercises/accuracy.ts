import { type Check, check } from "./check.ts";

/** A student's accuracy. */
export type AccuracySolution = (
  predictions: number[],
  labels: number[],
) => number | Promise<number>;

const hits = (predictions: number[], labels: number[]) =>
  predictions.filter((p, i) => p === labels[i]).length;

/**
 * Checks a student's accuracy: (predictions, labels) => share of equal places.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkAccuracy } from "cnn";
 *
 * await checkAccuracy(
 *   (p, labels) => p.filter((k, i) => k === labels[i]).length / p.length,
 *   { exercise: "0.2" },
 * );
 * ```
 */
export const checkAccuracy: Check<AccuracySolution> = check({
  check: "checkAccuracy",
  name: "accuracy",
  names: ["predictions", "labels"],
  cases({ stream }) {
    const cases = [1, 7, 12, 40].map((length, n): [number[], number[]] => {
      // the longest has every digit
      const labels = Array.from(
        { length },
        (_, i) => length < 40 ? stream.integer(10) : i % 10,
      );
      // a third is right on purpose, the rest by chance
      const predictions = labels.map((label, i) =>
        (i + n) % 3 === 0 ? label : stream.integer(10)
      );
      return [predictions, labels];
    });
    return cases.reverse();
  },
  expected: (p, labels) => hits(p, labels) / labels.length,
  mistakes: [{
    "error rate": [
      "count the places where the two are equal, not where they differ",
      (p, labels) => 1 - hits(p, labels) / labels.length,
    ],
    "count instead of share": [
      "divide the number of hits by the number of labels",
      hits,
    ],
    "percent instead of share": [
      "return a number from 0 to 1",
      (p, labels) => 100 * hits(p, labels) / labels.length,
    ],
    "divided by the number of classes": [
      "divide by the number of labels",
      (p, labels) => hits(p, labels) / 10,
    ],
  }],
});
