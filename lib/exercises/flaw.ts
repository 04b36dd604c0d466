import { settle, unset } from "../base/options.ts";
import { show } from "../notebook/show.ts";
import { checkExercise, type CheckOptions } from "./check_error.ts";
import { judgeChoice } from "./choice.ts";

/** What may be wrong with an experiment, and where to look for it. */
const FLAWS = {
  "no baseline":
    "look for what the number is compared with: here there is something",
  "one seed":
    "count the seeds: here there are several, and their scatter is told",
  "not paired by seed":
    "look whether both sides share seed, pictures and start: here they do",
  "chosen on the test set":
    "look by which pictures the recipe was chosen: not by those reported",
  "test pictures in the training set":
    "look where the parts were taken from: here no picture is in two of them",
  "the best run reported":
    "look which run is printed: here it is the mean over all of them",
  "two things changed at once":
    "list what differs between the two sides: here it is one thing",
  "unequal training":
    "compare pictures, epochs and learning rates: here both sides had the same",
  "unequal size":
    "compare the parameters of the two nets: here they are about equal",
  "threshold chosen afterwards":
    "look when the threshold was written down: here before the run",
  "cannot fail":
    "imagine the opposite measurement: here the claim would fail then",
  "no difference taken for equality":
    "look at the interval: here it lies inside a margin that was stated",
  "measures something else":
    "compare the words of the claim with what is measured: here they agree",
} as const;

/** A flaw by name, as {@linkcode checkFlaw} knows it. */
export type Flaw = keyof typeof FLAWS;

/** The flaws by name, for the text of an exercise: an experiment has one of them. */
export const flaws: readonly Flaw[] = Object.freeze(
  Object.keys(FLAWS) as Flaw[],
);

/**
 * Checks which flaw a student finds in an experiment that the exercise tells.
 *
 * Each wrong answer is told what the experiment would look like if it had that
 * flaw: so the text of the exercise must leave out or say all that the others
 * ask for, and have one flaw alone.
 *
 * @param flaw The student's answer, one of `flaws`.
 * @param options `exercise`; `digest`: answerDigest() of the right one.
 * @throws {CheckError} Another flaw; the message says where to look.
 * @throws {TypeError} A digest that belongs to no flaw in this exercise.
 *
 * @example
 * ```ts
 * import { answerDigest, checkFlaw } from "cnn";
 *
 * const digest = await answerDigest("A.7", "one seed");
 * await checkFlaw("one seed", { exercise: "A.7", digest });
 * ```
 */
export async function checkFlaw(
  flaw: string,
  options: Pick<CheckOptions, "exercise"> & { digest: string },
): Promise<void> {
  const fn = "checkFlaw";
  const { exercise, digest } = settle(fn, options, unset("exercise", "digest"));
  checkExercise(fn, exercise);
  await judgeChoice(fn, flaw, { exercise, among: FLAWS, digest });
  await show(`✓ Exercise ${exercise} passed: ${flaw}.`);
}
