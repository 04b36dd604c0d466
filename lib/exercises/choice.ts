import { settle, shown, unset } from "../base/options.ts";
import { show } from "../notebook/show.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";

/** Options of {@linkcode checkChoice}. */
export interface ChoiceCheckOptions extends Pick<CheckOptions, "exercise"> {
  /** The answers that there are, and what to say to who gives each wrongly. */
  among: Readonly<Record<string, string>>;
  /** The right one, where the check cell works it out from data. */
  expected?: string;
  /** What answerDigest() gives for the right one, where nothing works it out. */
  digest?: string;
}

/**
 * A short text that tells the right answer from others without saying it.
 *
 * @param exercise Number of the exercise: answers of two exercises never agree.
 * @param answer The right one, as `among` writes it.
 * @returns Ten hexadecimal digits.
 *
 * @example
 * ```ts
 * import { answerDigest, checkChoice } from "cnn";
 *
 * // The author writes the digest into the check cell, not the answer.
 * const digest = await answerDigest("A.7", "the right curve");
 * await checkChoice("the right curve", {
 *   exercise: "A.7",
 *   among: { "the left curve": "look at the last epoch", "the right curve": "" },
 *   digest,
 * });
 * ```
 */
export async function answerDigest(
  exercise: string,
  answer: string,
): Promise<string> {
  checkExercise("answerDigest", exercise);
  if (typeof answer !== "string" || answer === "") {
    throw new TypeError(
      `answerDigest() expects the answer as a text but found ${
        shown(answer)
      }: write it as among has it`,
    );
  }
  const text = new TextEncoder().encode(`${exercise}: ${answer}`);
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return bytes.toHex().slice(0, 10);
}

/**
 * Checks an answer that is one of a few texts.
 *
 * The right one is computed in the check cell (`expected`), or told by its
 * digest, so that the cell does not say it.
 *
 * @param choice The student's answer.
 * @param options `exercise`, `among`: the answers, each with a hint for who
 * gives it wrongly; `expected` or `digest`.
 * @throws {CheckError} Another answer; the message says what to look at.
 * @throws {TypeError} Both `expected` and `digest`, or none; a right answer
 * that is not among the answers.
 *
 * @example
 * ```ts
 * import { checkChoice } from "cnn";
 *
 * const losses = { A: [2.3, 0.4, 0.1], B: [2.3, 1.9, 1.6] };
 * await checkChoice("A", {
 *   exercise: "A.7",
 *   among: { A: "look at the last epoch", B: "look at the last epoch" },
 *   expected: losses.A[2] < losses.B[2] ? "A" : "B",
 * });
 * ```
 */
export async function checkChoice(
  choice: string,
  options: ChoiceCheckOptions,
): Promise<void> {
  const fn = "checkChoice";
  const { exercise, ...given } = settle(
    fn,
    options,
    unset("exercise", "among", "expected", "digest"),
  );
  checkExercise(fn, exercise);
  await judgeChoice(fn, choice, { exercise, ...given });
  await show(`✓ Exercise ${exercise} passed: ${choice}.`);
}

/** Throws unless a choice is the right one; the message says what `among` has for it. */
export async function judgeChoice(
  fn: string,
  choice: unknown,
  { exercise, among, expected, digest }: ChoiceCheckOptions,
): Promise<void> {
  if (typeof among !== "object" || among === null) {
    throw new TypeError(
      `${fn}() expects among to be the answers with their hints but found ${
        shown(among)
      }: pass such as { A: "look at the last epoch" }`,
    );
  }
  const names = Object.keys(among);
  const right = await rightOf(fn, names, { exercise, expected, digest });
  const all = `"${names.join('", "')}"`;
  if (typeof choice !== "string" || !names.includes(choice)) {
    throw new CheckError(
      exercise,
      "no answer of the list",
      `expected one of ${all}, found ${
        shown(choice)
      }: return one of them, letter by letter`,
    );
  }
  if (choice === right) return;
  throw new CheckError(
    exercise,
    `not "${choice}"`,
    `expected another of ${all}, found "${choice}": ${
      among[choice] || "look once more"
    }`,
  );
}

/** The right answer among `names`. */
async function rightOf(
  fn: string,
  names: readonly string[],
  { exercise, expected, digest }: Omit<ChoiceCheckOptions, "among">,
): Promise<string> {
  if ((expected === undefined) === (digest === undefined)) {
    throw new TypeError(
      `${fn}() expects either expected or digest but found ${
        digest === undefined ? "none" : "both"
      }: pass what the check cell works out, or answerDigest() of it`,
    );
  }
  for (const name of names) {
    if (name === expected) return name;
    if (digest && await answerDigest(exercise, name) === digest) return name;
  }
  throw new TypeError(
    `${fn}() expects a right answer among "${
      names.join('", "')
    }" for exercise ${exercise} but found ${
      shown(expected ?? digest)
    }: correct the check cell`,
  );
}
