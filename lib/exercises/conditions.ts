import { show } from "../notebook/show.ts";
import { settle, shown } from "../base/options.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";

/** One thing that an answer must fulfil. */
export interface Condition {
  /** Whether it does. */
  holds: boolean;
  /** What is wrong where it does not, in a few words: "answers to flat ground". */
  mistake: string;
  /** What was expected, what was found, and a remedy. */
  details: string;
}

/**
 * Checks the answer to an open exercise, where many answers are right.
 *
 * @param conditions In order: the first that does not hold is reported.
 * @param options `exercise`.
 * @throws {CheckError} A condition that does not hold; the message names the mistake.
 * @throws {TypeError} No conditions at all, or one whose `holds` is no boolean.
 *
 * @example
 * ```ts
 * import { checkConditions, describe, lenet } from "cnn";
 *
 * const { parameters } = describe(lenet());
 * await checkConditions([{
 *   holds: parameters < 100_000,
 *   mistake: "too many parameters",
 *   details: `expected fewer than 100,000 but found ${parameters}: use fewer filters`,
 * }], { exercise: "2.5" });
 * ```
 */
export async function checkConditions(
  conditions: readonly Condition[],
  options: Pick<CheckOptions, "exercise">,
): Promise<void> {
  const fn = "checkConditions";
  const { exercise } = settle(fn, options, { exercise: undefined });
  checkExercise(fn, exercise);
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw new TypeError(
      `checkConditions() expects at least one condition for exercise ${exercise} but found ${
        Array.isArray(conditions) ? "none" : shown(conditions)
      }: an empty check passes everything`,
    );
  }
  for (const condition of conditions as readonly Condition[]) {
    const { holds, mistake, details } = settle(fn, condition, {
      holds: undefined,
      mistake: undefined,
      details: undefined,
    });
    if (typeof holds !== "boolean") {
      throw new TypeError(
        `checkConditions() expects holds to be true or false but found ${
          shown(holds)
        } for "${mistake}": compare the numbers first`,
      );
    }
    if (!holds) throw new CheckError(exercise, mistake, details);
  }
  await show(`✓ Exercise ${exercise} passed.`);
}
