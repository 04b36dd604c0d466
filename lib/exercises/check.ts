/**
 * How an exercise is checked: the student's function and the library run on the
 * same hidden cases; where they disagree, the result is compared with that of
 * each known wrong variant, and the variant that fits names the mistake.
 *
 * @module
 */
import { isTensor } from "../base/check.ts";
import { type Random, random } from "../base/random.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { show } from "../notebook/show.ts";
import {
  CheckError,
  checkExercise,
  type CheckOptions,
  type Features,
  settleCheck,
} from "./check_error.ts";
import {
  agree,
  differenceText,
  NOT_A_NUMBER,
  type Parts,
  partsOf,
  readResult,
  type Result,
  same,
} from "./result.ts";
import { checkFunction, resultOf } from "./written.ts";

export type { CheckOptions };

/** Largest relative difference that is none, unless an exercise tells another. */
const TOLERANCE = 1e-4;

/** Any function that a student writes; the exercise says what it takes. */
// deno-lint-ignore no-explicit-any
export type Solution = (...args: any[]) => unknown;

/**
 * Usual mistakes by name: what to do about each, and the results that it may
 * give, of those parts that it concerns. A wrong variant may throw where the
 * mistake makes a case impossible.
 */
export interface Mistakes<Args extends unknown[]> {
  readonly [mistake: string]: readonly [
    remedy: string,
    ...wrong: ((...args: Args) => Result)[],
  ];
}

/** An exercise: what is called, with what, and what may go wrong. */
export interface Exercise<S extends Solution, Feature extends string = never> {
  /** The check that runs it: "checkConv2d". */
  readonly check: string;
  /** Name for messages: "conv2d". */
  readonly name: string;
  /** Names of the arguments, for messages. */
  readonly names: readonly string[];
  /** What its cases may use, where that can be chosen. */
  readonly features?: Features<Feature>;
  /** The hidden cases, simple ones first: the first that fails is reported. */
  cases(
    given: { stream: Random; seed: number; features: readonly Feature[] },
  ): Parameters<S>[];
  /** The right result. */
  readonly expected: (...args: Parameters<S>) => Result;
  /** Those with a clear cause first. */
  readonly mistakes: readonly Mistakes<Parameters<S>>[];
  readonly tolerance?: number;
}

/**
 * Checks a student's function.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 */
export type Check<S, Options = CheckOptions> = (
  fn: S,
  options: Options,
) => Promise<void>;

/** The options that `check` takes for an exercise with these features. */
type Options<Feature> = CheckOptions & { features?: readonly Feature[] };

/**
 * The check of an exercise: it runs all cases of a function and shows a line
 * when every one is right.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 */
export function check<S extends Solution, Feature extends string = never>(
  exercise: Exercise<S, Feature>,
): Check<S, Options<Feature>> {
  Object.freeze(exercise); // no cell shall change what is right
  const run = async (fn: S, options: Options<Feature>) => {
    const cases = casesOf(exercise, options);
    const number = options?.exercise;
    checkExercise(exercise.check, number);
    const found = fn === null ? "null" : typeof fn;
    checkFunction(number, fn, `a function ${exercise.name}`, found);
    const outcomes: Outcome<Parameters<S>>[] = [];
    const firstWrong = () => outcomes.find(({ wrong }) => wrong !== undefined);
    for (const args of cases) {
      try {
        outcomes.push(await runCase(fn, exercise, args, number));
      } catch (error) {
        // An earlier, simpler case that went wrong tells more than this one.
        if (error instanceof CheckError && firstWrong()) break;
        throw error;
      }
    }
    const failed = firstWrong();
    if (failed) throw diagnose(exercise, outcomes, failed, number);
    await show(
      `✓ Exercise ${number} passed: ${exercise.name} is right in ${cases.length} cases.`,
    );
  };
  EXERCISES.set(run, exercise);
  return Object.defineProperty(run, "name", { value: exercise.check });
}

/** What each check runs. */
const EXERCISES = new WeakMap<Solution, unknown>();

/** The exercise that a check runs; undefined for what is no such check. */
export function exerciseOf<S extends Solution, Feature extends string>(
  check: Check<S, Options<Feature>>,
): Exercise<S, Feature> | undefined {
  return EXERCISES.get(check) as Exercise<S, Feature> | undefined;
}

/** The cases of an exercise for these options, which are checked. */
export function casesOf<S extends Solution, Feature extends string>(
  exercise: Exercise<S, Feature>,
  options: Options<Feature>,
): Parameters<S>[] {
  const settled = settleCheck(exercise.check, options, exercise.features);
  return exercise.cases({ ...settled, stream: random(settled.seed) });
}

/** Every wrong variant of an exercise with its name, in order. */
export function mistakesOf<S extends Solution, Feature extends string>(
  { mistakes }: Exercise<S, Feature>,
): {
  mistake: string;
  remedy: string;
  wrong: (...args: Parameters<S>) => Result;
}[] {
  return mistakes.flatMap((table) =>
    Object.entries(table).flatMap(([mistake, [remedy, ...variants]]) =>
      variants.map((wrong) => ({ mistake, remedy, wrong }))
    )
  );
}

/**
 * Those options that an exercise has. Their type names all: a solution reads
 * none but those that its exercise asks for.
 */
export function only<Options extends object>(
  options: Options,
  names: readonly string[],
): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => names.includes(name)),
  ) as Options;
}

/** One case that ran. */
interface Outcome<Args> {
  readonly args: Args;
  readonly found: Parts;
  readonly expected: Parts;
  /** The first part of the result that is wrong. */
  readonly wrong: string | undefined;
}

/** Calls the student's function with copies and reads its result. */
async function runCase<S extends Solution, Feature extends string>(
  fn: S,
  exercise: Exercise<S, Feature>,
  args: Parameters<S>,
  number: string,
): Promise<Outcome<Parameters<S>>> {
  const right = exercise.expected(...args);
  const copies = structuredClone(args);
  const call = callText(exercise, args);
  const result = await resultOf(number, () => fn(...copies), {
    call,
    remedy: "make the function return for these arguments",
  });
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
  const { tolerance = TOLERANCE } = exercise;
  const { parts, malformed } = readResult(result, right);
  // Infinity / Infinity is NaN as well, and may be a mistake that has a name.
  const known = malformed?.[0] === NOT_A_NUMBER && isTensor(right) &&
    mistakesOf(exercise).some(({ wrong }) => {
      const other = attempt(() => wrong(...args))?.[""];
      return other !== undefined && agree(result as Tensor, other, tolerance);
    });
  if (malformed && !known) {
    const [mistake, details] = malformed;
    throw new CheckError(number, mistake, `${call} ${details}`);
  }
  const found = known ? partsOf(result as Tensor) : parts;
  const expected = partsOf(right);
  const wrong = Object.keys(expected).find((part) =>
    !agree(found[part], expected[part], tolerance)
  );
  return { args, found, expected, wrong };
}

/** The error for a wrong case: the mistake that fits it and most other cases. */
function diagnose<S extends Solution, Feature extends string>(
  exercise: Exercise<S, Feature>,
  outcomes: readonly Outcome<Parameters<S>>[],
  failed: Outcome<Parameters<S>>,
  number: string,
): CheckError {
  const { tolerance = TOLERANCE } = exercise;
  const { wrong: part = "" } = failed;
  let best: { mistake: string; remedy: string } | undefined;
  let most = 0;
  for (const { wrong, ...named } of mistakesOf(exercise)) {
    const fits = ({ args, found }: Outcome<Parameters<S>>) => {
      const result = attempt(() => wrong(...args))?.[part];
      return result !== undefined && agree(found[part], result, tolerance);
    };
    if (!fits(failed)) continue;
    const count = outcomes.filter(fits).length;
    if (count > most) [best, most] = [named, count];
  }
  const found = failed.found[part];
  const expected = failed.expected[part];
  const wrongShape = shapeText(found.shape) !== shapeText(expected.shape);
  const { mistake, remedy } = best ?? {
    mistake: (wrongShape ? "wrong shape" : "wrong value") +
      (part && ` of ${part}`),
    remedy: wrongShape
      ? "work out the length of each axis by hand"
      : "work this value out by hand and compare",
  };
  return new CheckError(
    number,
    mistake,
    `${callText(exercise, failed.args)} ${
      differenceText(found, expected, part, tolerance)
    }: ${remedy}`,
  );
}

/** The parts that a mistake gives, or undefined where it cannot give any. */
function attempt(wrong: () => Result): Parts | undefined {
  try {
    return partsOf(wrong());
  } catch (error) {
    // A wrong kernel size, say, may not fit into the image: it cannot be this.
    if (error instanceof RangeError || error instanceof TypeError) return;
    throw error;
  }
}

/** "conv2d(x [1, 3, 4, 1], kernel [2, 3, 1, 1], { strides: 1 })". */
function callText(
  { name, names }: { name: string; names: readonly string[] },
  args: readonly unknown[],
): string {
  const texts = args.map((arg, i) =>
    isTensor(arg) ? `${names[i]} ${valueText(arg)}` : valueText(arg)
  );
  return `${name}(${texts.join(", ")})`;
}

/** A value as people write it in code; a tensor as its shape. */
function valueText(value: unknown): string {
  if (isTensor(value)) return shapeText(value.shape);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) =>
    `${key}: ${valueText(inner)}`
  );
  return `{ ${entries.join(", ")} }`;
}
