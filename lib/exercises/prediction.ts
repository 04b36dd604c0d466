import { checkArray } from "../base/arguments.ts";
import { formatNumber } from "../base/numbers.ts";
import { settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { show } from "../notebook/show.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";

/** Options of {@linkcode checkPrediction}. */
export interface PredictionCheckOptions extends Pick<CheckOptions, "exercise"> {
  /** What came out, computed in the check cell: a number, or one of `among`. */
  expected: number | string;
  /** Least number that can come out, such as 0 for an accuracy. */
  from?: number;
  /** Largest number that can come out, such as 1 for an accuracy. */
  to?: number;
  /** The texts that can come out; needed where the guess is a text. */
  among?: readonly string[];
  /**
   * How far off a guess may be; for a text 0, the right one. Any guess that
   * could come out passes unless told.
   */
  within?: number;
}

/**
 * Checks a guess that was typed before its cell reveals what comes out, and
 * shows both.
 *
 * @param guess The student's prediction: a number, or one of the texts `among`.
 * @param options `exercise`; `expected`: what came out, computed in the check
 * cell; `from`, `to`: between which numbers it must lie; `among`: the texts
 * that there are; `within`: how far off it may be, any distance unless told.
 * @throws {CheckError} What cannot come out; a guess farther off than `within`.
 *
 * @example
 * ```ts
 * import { checkPrediction, describe, lenet } from "cnn";
 *
 * const { parameters } = describe(lenet());
 * await checkPrediction(100_000, { exercise: "1.1", expected: parameters, from: 0 });
 * await checkPrediction("the dense layers", {
 *   exercise: "1.2",
 *   among: ["the convolutions", "the dense layers"],
 *   expected: parameters > 2 * 2_572 ? "the dense layers" : "the convolutions",
 *   within: 0,
 * });
 * ```
 */
export async function checkPrediction(
  guess: number | string,
  options: PredictionCheckOptions,
): Promise<void> {
  const fn = "checkPrediction";
  const { exercise, expected, from, to, among, within } = settle(fn, options, {
    exercise: undefined,
    expected: undefined,
    from: -Infinity,
    to: Infinity,
    among: [],
    within: undefined,
  });
  checkExercise(fn, exercise);
  if (within !== undefined) {
    const remedy = "it is how far off a guess may be";
    checkRange(fn, "within", within, { from: 0, remedy });
  }
  checkArray(fn, "among", among, "list the texts that can come out");
  const possible = typeof expected === "string"
    ? among.includes(expected)
    : Number.isFinite(expected) && from <= expected && expected <= to;
  if (!possible) {
    throw new TypeError(
      `${fn}() expects what came out to be a number${
        rangeText(from, to)
      } or a text of among but found ${
        shown(expected)
      }: correct the check cell`,
    );
  }
  const wrong = typeof expected === "string"
    ? textMistake(guess, expected, among, within)
    : numberMistake(guess, expected, { from, to, within });
  if (wrong) {
    const [mistake, wanted, remedy] = wrong;
    throw new CheckError(
      exercise,
      mistake,
      `expected ${wanted}, found ${shown(guess)}: ${remedy}`,
    );
  }
  const text = (value: number | string) =>
    typeof value === "number" ? formatNumber(value, 4) : value;
  await show(
    `✓ Exercise ${exercise} passed. You said: ${text(guess)}. It came out: ${
      text(expected)
    }.`,
  );
}

/** " from 0 to 1"; nothing where there are no ends. */
function rangeText(from: number, to: number): string {
  return [[" from ", from], [" to ", to]].map(([word, end]) =>
    Number.isFinite(end) ? `${word}${end}` : ""
  ).join("");
}

/** What is wrong with a guess: the mistake, what was wanted, the remedy. */
type Wrong = [mistake: string, wanted: string, remedy: string] | undefined;

function numberMistake(
  guess: unknown,
  expected: number,
  { from, to, within }: { from: number; to: number; within?: number },
): Wrong {
  if (typeof guess !== "number" || Number.isNaN(guess)) {
    return ["no number", "a number", "return your guess as one"];
  }
  if (!(from <= guess && guess <= to && Number.isFinite(guess))) {
    const remedy = "no other can come out; mind the unit";
    return ["cannot come out", `a number${rangeText(from, to)}`, remedy];
  }
  if (within === undefined || Math.abs(guess - expected) <= within) return;
  return [
    guess > expected ? "guess too high" : "guess too low",
    `a number at most ${formatNumber(within)} off`,
    "look at what came out, and find out why",
  ];
}

function textMistake(
  guess: unknown,
  expected: string,
  among: readonly string[],
  within?: number,
): Wrong {
  if (!among.some((text) => text === guess)) {
    const remedy = "return one of them, letter by letter";
    return ["no answer of the list", `one of "${among.join('", "')}"`, remedy];
  }
  if (within === undefined || guess === expected) return;
  const remedy = "look at what came out, and find out why";
  return ["another came out", "what comes out", remedy];
}
