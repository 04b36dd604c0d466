/**
 * How an exercise is checked: the student's function and the library run on the
 * same hidden cases; where they disagree, the result is compared with that of
 * each known wrong variant, and the variant that fits names the mistake.
 *
 * @module
 */
import { shapeText } from "../base/tensor.ts";
import { show } from "../notebook/show.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";
import {
  agree,
  type Parts,
  partsOf,
  readResult,
  type Result,
} from "./result.ts";
import { callText, differenceText } from "./texts.ts";

/** A usual mistake, as a function that makes it. */
export interface Mistake<Args extends unknown[]> {
  /** In a few words: "flipped kernel". */
  readonly mistake: string;
  /** What to do about it. */
  readonly remedy: string;
  /**
   * The result of a solution with this mistake; only the parts it concerns.
   * It may throw where the mistake makes the case impossible.
   */
  readonly wrong: (...args: Args) => Result;
}

/** An exercise: what is called, with what, and what may go wrong. */
export interface Exercise<Args extends unknown[]> {
  /** The check that runs it: "checkConv2d". */
  readonly check: string;
  /** Name for messages: "conv2d". */
  readonly name: string;
  /** The hidden cases, simple ones first: the first that fails is reported. */
  readonly cases: readonly Args[];
  /** The right result. */
  readonly expected: (...args: Args) => Result;
  readonly mistakes: readonly Mistake<Args>[];
  /** Names of the arguments, for messages. */
  readonly names: readonly string[];
  /** Largest relative difference; 1e-4 unless told. */
  readonly tolerance?: number;
}

/** One case that ran. */
interface Outcome<Args> {
  readonly args: Args;
  readonly found: Parts;
  readonly expected: Parts;
}

/**
 * Runs all cases of an exercise; shows a line when every one is right.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 */
export async function runCheck<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
  exercise: Exercise<Args>,
  options: CheckOptions,
): Promise<void> {
  const { name, cases, tolerance = 1e-4 } = exercise;
  checkExercise(exercise.check, options?.exercise);
  checkFunction(fn, name, options);
  const outcomes: Outcome<Args>[] = [];
  const wrong = () =>
    outcomes.find(({ found, expected }) =>
      Object.keys(expected).some((part) =>
        !agree(found[part], expected[part], tolerance)
      )
    );
  for (const args of cases) {
    try {
      outcomes.push(await runCase(fn, exercise, args, options.exercise));
    } catch (error) {
      // An earlier, simpler case that went wrong tells more than this one.
      if (error instanceof CheckError && wrong()) break;
      throw error;
    }
  }
  const failed = wrong();
  if (failed) throw diagnose(exercise, outcomes, failed, options.exercise);
  await show(
    `✓ Exercise ${options.exercise} passed: ${name} is right in ${cases.length} cases.`,
  );
}

/** Throws unless there is a function to check. */
function checkFunction(
  fn: unknown,
  name: string,
  options: CheckOptions,
): void {
  if (typeof fn !== "function") {
    throw new CheckError(
      options.exercise,
      "no function",
      `expected a function ${name}, found ${
        fn === null ? "null" : typeof fn
      }: pass the function itself, without calling it`,
    );
  }
}

/** Calls the student's function with copies and reads its result. */
async function runCase<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
  exercise: Exercise<Args>,
  args: Args,
  number: string,
): Promise<Outcome<Args>> {
  const expected = exercise.expected(...args);
  const copies = structuredClone(args);
  const call = callText(exercise.name, exercise.names, args);
  let result: unknown;
  try {
    result = await fn(...copies);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = message.startsWith("Not implemented");
    throw new CheckError(
      number,
      missing ? "not implemented" : "an error",
      missing
        ? `${call} is still the stub: replace its throw by your solution`
        : `${call} threw "${message}": make the function return for these arguments`,
      { cause: error },
    );
  }
  const changed = args.findIndex((arg, i) => !same(arg, copies[i]));
  if (changed >= 0) {
    throw new CheckError(
      number,
      "input changed",
      `${call} changed its argument ${
        exercise.names[changed]
      }: write into a new tensor, the caller still needs the old one`,
    );
  }
  const { parts, malformed } = readResult(result, expected);
  if (malformed) {
    throw new CheckError(
      number,
      malformed.mistake,
      `${call} ${malformed.details}`,
    );
  }
  return { args, found: parts, expected: partsOf(expected) };
}

/** The error for a wrong case: the mistake that fits it and most other cases. */
function diagnose<Args extends unknown[]>(
  exercise: Exercise<Args>,
  outcomes: readonly Outcome<Args>[],
  failed: Outcome<Args>,
  number: string,
): CheckError {
  const { tolerance = 1e-4 } = exercise;
  const part = Object.keys(failed.expected).find((part) =>
    !agree(failed.found[part], failed.expected[part], tolerance)
  )!;
  const fits = (mistake: Mistake<Args>, { args, found }: Outcome<Args>) => {
    const wrong = attempt(mistake, args)?.[part];
    return wrong !== undefined && agree(found[part], wrong, tolerance);
  };
  let best: Mistake<Args> | undefined;
  let most = 0;
  for (const mistake of exercise.mistakes) {
    if (!fits(mistake, failed)) continue;
    const count = outcomes.filter((outcome) => fits(mistake, outcome)).length;
    if (count > most) [best, most] = [mistake, count];
  }
  const found = failed.found[part];
  const expected = failed.expected[part];
  const wrongShape = shapeText(found.shape) !== shapeText(expected.shape);
  const name = best?.mistake ??
    (wrongShape ? "wrong shape" : "wrong value") + (part && ` of ${part}`);
  const remedy = best?.remedy ??
    (wrongShape
      ? "work out the length of each axis by hand"
      : "work this value out by hand and compare");
  return new CheckError(
    number,
    name,
    `${callText(exercise.name, exercise.names, failed.args)} ${
      differenceText(found, expected, part, tolerance)
    }: ${remedy}`,
  );
}

/** The parts that a mistake gives, or undefined where it cannot give any. */
function attempt<Args extends unknown[]>(
  { wrong }: Mistake<Args>,
  args: Args,
): Parts | undefined {
  try {
    return partsOf(wrong(...args));
  } catch (error) {
    // A wrong kernel size, say, may not fit into the image: it cannot be this.
    if (error instanceof RangeError || error instanceof TypeError) return;
    throw error;
  }
}

/** Whether an argument still has the values it was given with. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
