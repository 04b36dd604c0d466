/**
 * An exercise without its answer: what went into it, and what came out. The
 * students' folder has this in place of the functions that solve it.
 *
 * @module
 */
import type { TensorData } from "../base/tensor.ts";
import type { Exercise, Solution } from "./check.ts";
import { type Result, same } from "./result.ts";

/** A value as JSON has it; typed arrays, and numbers that JSON has not, by their names. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** The arguments of one call, and what the right function and wrong ones make of them. */
export interface RecordedCase {
  readonly args: readonly Plain[];
  /** What comes out, each once, the right one first. */
  readonly results: readonly Plain[];
  /** Which of the results each mistake gives, in their order; -1 for none. */
  readonly wrong: readonly number[];
}

/** The cases of one seed. */
export interface RecordedRun {
  readonly seed: number;
  readonly features: readonly string[];
  readonly cases: readonly RecordedCase[];
}

/** An exercise as plain data. */
export interface Recorded {
  readonly check: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly features?: {
    readonly known: readonly string[];
    readonly usual: readonly string[];
  };
  readonly tolerance?: number;
  /** Every wrong variant: its name, and what to do about it. */
  readonly mistakes: readonly (readonly [mistake: string, remedy: string])[];
  readonly runs: readonly RecordedRun[];
}

const ARRAYS: Readonly<
  Record<string, { from(values: Iterable<number>): TensorData }>
> = { Float32Array, Float64Array };

/** The value that plain data stand for. */
// deno-lint-ignore no-explicit-any
function unpack(plain: Plain): any {
  if (typeof plain !== "object" || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(unpack);
  const { $, values, ...rest } = plain as Record<string, Plain>;
  if ($ === "number") return Number(values);
  if (typeof $ === "string") {
    return ARRAYS[$].from((values as (number | string)[]).map(Number));
  }
  return Object.fromEntries(
    Object.entries({ ...(values !== undefined && { values }), ...rest })
      .map(([name, value]) => [name, unpack(value)]),
  );
}

/**
 * The exercise that was recorded, for check(): the same cases, verdicts and named
 * mistakes. A seed that was not recorded gets the cases of one that was.
 */
export function recorded<S extends Solution, Feature extends string = never>(
  data: Recorded,
): Exercise<S, Feature> {
  const { runs, mistakes, ...exercise } = data;
  const drawn = runs.map((run) => ({
    ...run,
    cases: run.cases.map((one) => ({
      args: unpack(one.args) as Parameters<S>,
      results: one.results.map((result): Result => unpack(result)),
      wrong: one.wrong,
    })),
  }));
  const caseOf = (args: Parameters<S>) =>
    drawn.flatMap(({ cases }) => cases).find((one) => same(one.args, args))!;
  const variants = mistakes.map(([mistake, remedy], i) => {
    const wrong = (...args: Parameters<S>): Result => {
      const { wrong, results } = caseOf(args);
      if (wrong[i] >= 0) return results[wrong[i]];
      throw new RangeError(`"${mistake}" cannot be here`);
    };
    return { [mistake]: [remedy, wrong] as const };
  });
  return {
    ...exercise,
    features: exercise.features as Exercise<S, Feature>["features"],
    cases({ seed, features }) {
      const wanted = features?.toSorted().join() ?? "";
      const fit = drawn.filter((run) =>
        run.features.toSorted().join() === wanted
      );
      const run = fit.find((run) => run.seed === seed) ?? fit[0];
      return structuredClone(
        known(data.check, run, wanted).cases.map(({ args }) => args),
      );
    },
    expected: (...args) => caseOf(args).results[0],
    mistakes: variants,
  };
}

/** What an answer that takes a seed gave; another seed gets what the first one gave. */
export function recordedAnswer<Answer>(
  check: string,
  given: Readonly<Record<number, Answer>>,
): (seed: number) => Promise<Answer> {
  return async (seed) =>
    structuredClone(
      await known(check, given[seed] ?? Object.values(given)[0]),
    );
}

/** Throws where nothing was recorded. */
function known<Found>(
  check: string,
  found: Found | undefined,
  features = "",
): Found {
  if (found !== undefined) return found;
  throw new TypeError(
    `${check}() expects an exercise of the notebooks in this folder but found ${
      features ? `features "${features}"` : "another"
    }: call it as their check cells do`,
  );
}
