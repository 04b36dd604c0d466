/**
 * Comparing by seeds: what two recipes share within a seed drops out.
 *
 * @module
 */
import { checkList } from "../base/arguments.ts";
import { checkSeeds, settle, shown, unset } from "../base/options.ts";
import { checkConfidence, type Interval, meanInterval } from "./intervals.ts";

/** How sure the interval of a difference shall be. */
export interface DifferenceOptions {
  /** 0.95 unless told. */
  confidence?: number;
}

/** What changes from one recipe to another within a seed: mean and interval. */
export interface PairedDifference extends Interval {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** One to - from a seed. */
  readonly values: readonly number[];
}

/** What every condition gave, and how the later ones differ from the first. */
export interface SeedComparison<Name extends string = string> {
  readonly seeds: readonly number[];
  /** One a seed, in their order. */
  readonly values: Readonly<Record<Name, readonly number[]>>;
  readonly means: Readonly<Record<Name, Interval>>;
  /** Each condition but the first, against the first. */
  readonly differences: Readonly<Record<string, PairedDifference>>;
}

/**
 * The difference of two recipes, paired by seed, with its interval.
 *
 * An interval around 0 is no proof of equality: experiment() and claim() hold it
 * against a bound that was stated before. Differences that are all the same
 * leave the interval no width: look whether the runs use their seed.
 *
 * @param from One value a seed, at least 2.
 * @param to As many, of the same seeds in the same order.
 * @param options `confidence`.
 * @returns to - from: each, their mean and its interval.
 * @throws {TypeError} Lists of unequal length; an unknown option.
 * @throws {RangeError} Fewer than 2 values, or one that is no finite number.
 *
 * @example
 * ```ts
 * import { pairedDifference } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const mlp = [0.9, 0.92, 0.91], cnn = [0.96, 0.97, 0.97];
 * const { mean, low } = pairedDifference(mlp, cnn);
 * assertEquals([mean.toFixed(3), low > 0.02], ["0.057", true]);
 * ```
 */
export function pairedDifference(
  from: readonly number[],
  to: readonly number[],
  options: DifferenceOptions = {},
): PairedDifference {
  const fn = "pairedDifference";
  const confidence = confidenceOf(fn, options);
  checkList(fn, "from", from);
  checkList(fn, "to", to);
  if (from.length !== to.length) {
    throw new TypeError(
      `${fn}() expects one value a seed on both sides but found ${from.length} and ${to.length}: run both with the same seeds`,
    );
  }
  for (const [name, list] of Object.entries({ from, to })) {
    const wrong = Array.from(list).findIndex((v) => !Number.isFinite(v));
    if (wrong === -1) continue;
    throw new RangeError(
      `${fn}() expects finite numbers but found ${
        shown(list[wrong])
      } at place ${wrong} of ${name}: find the run that failed`,
    );
  }
  if (from.length < 2) {
    throw new RangeError(
      `${fn}() expects at least 2 seeds but found ${from.length}: one pair tells nothing about the spread`,
    );
  }
  return difference([...from], [...to], confidence);
}

/**
 * Runs every condition with every seed, and compares them seed by seed.
 *
 * @param conditions By name: what to run with a seed, and returns its one number,
 * such as an accuracy. The first is the baseline.
 * @param seeds At least 2, none twice.
 * @param options `confidence`; `onProgress` is called, and awaited, after each run with the
 * number of runs done and a note.
 * @returns Values, means with intervals, and differences to the baseline.
 * @throws {TypeError} Fewer than 2 conditions, one that is no function or is named
 * by a whole number (which would change their order); an unknown option.
 * @throws {RangeError} Seeds too few or twice; a run that gives no finite number.
 *
 * @example
 * ```ts
 * import { compareSeeds, random } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const noise = (seed: number) => random(seed).uniform();
 * const found = await compareSeeds(
 *   { plain: noise, better: (seed) => noise(seed) + 1 },
 *   [1, 2, 3],
 * );
 * assertEquals(found.differences.better.mean.toFixed(3), "1.000");
 * ```
 */
export async function compareSeeds<Name extends string>(
  conditions: Readonly<
    Record<Name, (seed: number) => number | Promise<number>>
  >,
  seeds: readonly number[],
  options: DifferenceOptions & {
    onProgress?: (done: number, note: string) => void | Promise<void>;
  } = {},
): Promise<SeedComparison<Name>> {
  const { onProgress, ...rest } = settle("compareSeeds", options, {
    ...unset("confidence", "onProgress"),
  });
  const confidence = confidenceOf("compareSeeds", rest);
  const names = checkConditions(conditions);
  checkList("compareSeeds", "seeds", seeds);
  checkSeeds("compareSeeds", seeds, "pass such as [1, 2, 3]");
  const values = perName(names, () => [] as number[]);
  let done = 0;
  for (const seed of seeds) {
    for (const name of names) {
      const value: unknown = await conditions[name](seed);
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new RangeError(
          `compareSeeds() expects a finite number of each run but found ${
            shown(value)
          } of "${name}" with seed ${seed}: return one, such as an accuracy`,
        );
      }
      values[name].push(value);
      await onProgress?.(++done, `${name}, seed ${seed}`);
    }
  }
  const [first, ...others] = names;
  return {
    seeds: [...seeds],
    values,
    means: perName(names, (a) => meanInterval(values[a], confidence)),
    differences: perName(
      others,
      (a) => difference(values[first], values[a], confidence),
    ),
  };
}

/** An object with something for each name. */
function perName<Name extends string, T>(
  names: readonly Name[],
  make: (name: Name) => T,
): Record<Name, T> {
  const pairs = names.map((name) => [name, make(name)]);
  return Object.fromEntries(pairs) as Record<Name, T>;
}

function difference(
  from: readonly number[],
  to: readonly number[],
  confidence: number,
): PairedDifference {
  const values = to.map((value, i) => value - from[i]);
  return { from, to, values, ...meanInterval(values, confidence) };
}

/** The confidence that was asked for, checked. */
function confidenceOf(fn: string, options: DifferenceOptions): number {
  const { confidence } = settle(fn, options, { confidence: 0.95 });
  checkConfidence(fn, confidence);
  return confidence;
}

/** The names of the conditions, each of which must be a function. */
function checkConditions<Name extends string>(
  conditions: Readonly<Record<Name, unknown>>,
): Name[] {
  const names = Object.keys(conditions ?? {}) as Name[];
  const entries = Object.entries(conditions ?? {});
  const wrong = entries.find(([name, run]) =>
    typeof run !== "function" || /^\d+$/.test(name)
  );
  if (names.length >= 2 && !wrong) return names;
  throw new TypeError(
    `compareSeeds() expects at least 2 conditions, each a function with a name in words, but found ${
      wrong ? `${shown(wrong[1])} as "${wrong[0]}"` : shown(names)
    }: pass { plain: (seed) => ..., better: (seed) => ... }`,
  );
}
