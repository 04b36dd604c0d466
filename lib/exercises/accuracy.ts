import { random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A student's accuracy. */
export type AccuracySolution = (
  predictions: number[],
  labels: number[],
) => number | Promise<number>;

type Args = [predictions: number[], labels: number[]];

const hits = (predictions: number[], labels: number[]) =>
  predictions.filter((p, i) => p === labels[i]).length;

/** The usual mistakes. */
export const accuracyMistakes: readonly Mistake<Args>[] = [
  {
    mistake: "error rate",
    remedy: "count the places where the two are equal, not where they differ",
    wrong: (p, labels) => 1 - hits(p, labels) / labels.length,
  },
  {
    mistake: "count instead of share",
    remedy: "divide the number of hits by the number of labels",
    wrong: (p, labels) => hits(p, labels),
  },
  {
    mistake: "percent instead of share",
    remedy: "return a number from 0 to 1",
    wrong: (p, labels) => 100 * hits(p, labels) / labels.length,
  },
  {
    mistake: "divided by the number of classes",
    remedy: "divide by the number of labels",
    wrong: (p, labels) => hits(p, labels) / 10,
  },
];

/** The exercise: random answers on random labels, some of them right. */
export function accuracyExercise(options: CheckOptions): Exercise<Args> {
  const stream = random(settleCheck("checkAccuracy", options).seed);
  const cases = [1, 7, 12, 40].map((length, n): Args => {
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
  return {
    check: "checkAccuracy",
    name: "accuracy",
    names: ["predictions", "labels"],
    cases: cases.reverse(),
    expected: (p, labels) => hits(p, labels) / labels.length,
    mistakes: accuracyMistakes,
  };
}

/**
 * Checks a student's accuracy: (predictions, labels) => share of equal places.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
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
export async function checkAccuracy(
  fn: AccuracySolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn as never, accuracyExercise(options), options);
}
