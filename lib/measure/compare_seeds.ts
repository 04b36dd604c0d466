/**
 * Comparing by seeds: what two recipes share within a seed drops out.
 *
 * @module
 */
import { checkList } from "../base/arguments.ts";
import { checkSeed, settle, shown, unset } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { checkConfidence, type Interval, meanInterval } from "./intervals.ts";

/** What an interval says about a stated bound. */
export type Verdict =
  | "above"
  | "below"
  | "inside"
  | "outside"
  | "too small to tell";

/** The bound that a difference is held against; at most one. */
export interface DifferenceOptions {
  /** The least that matters: "above" if the whole interval lies above it. */
  above?: number;
  /** The most that does not matter: "inside" if the whole interval lies between minus and plus it. */
  within?: number;
  /** Of the interval; 0.95 unless told. */
  confidence?: number;
}

/** What changes from one recipe to another within a seed: mean and interval. */
export interface PairedDifference extends Interval {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** One to - from a seed. */
  readonly values: readonly number[];
  /** Only where a bound was stated. */
  readonly verdict?: Verdict;
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
 * The difference of two recipes, paired by seed, against a bound stated beforehand.
 *
 * "No difference seen" is "too small to tell", not equality: that takes an
 * interval inside the margin. Differences that are all the same leave the
 * interval no width: look whether the runs use their seed.
 *
 * @param from One value a seed, at least 2.
 * @param to As many, of the same seeds in the same order.
 * @param options `above` or `within`; `confidence`.
 * @returns to - from: each, their mean and its interval, and the verdict.
 * @throws {TypeError} Lists of unequal length; both bounds; an unknown option.
 * @throws {RangeError} Fewer than 2 values, or one that is no finite number.
 *
 * @example
 * ```ts
 * import { pairedDifference } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const mlp = [0.9, 0.92, 0.91], cnn = [0.96, 0.97, 0.97];
 * const { mean, verdict } = pairedDifference(mlp, cnn, { above: 0.02 });
 * assertEquals([mean.toFixed(3), verdict], ["0.057", "above"]);
 * ```
 */
export function pairedDifference(
  from: readonly number[],
  to: readonly number[],
  options: DifferenceOptions = {},
): PairedDifference {
  const fn = "pairedDifference";
  const bound = checkBound(fn, options);
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
  return difference([...from], [...to], bound);
}

/**
 * Runs every condition with every seed, and compares them seed by seed.
 *
 * @param conditions By name: what to run with a seed, and returns its one number,
 * such as an accuracy. The first is the baseline.
 * @param seeds At least 2, none twice.
 * @param options `above` or `within` which bound the verdicts judge by;
 * `confidence`; `onProgress` is called, and awaited, after each run with the
 * number of runs done and a note.
 * @returns Values, means with intervals, and differences to the baseline.
 * @throws {TypeError} Fewer than 2 conditions, one that is no function or is named
 * by a whole number (which would change their order); both bounds; an unknown option.
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
 *   { above: 0.5 },
 * );
 * assertEquals(found.differences.better.verdict, "above");
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
    ...unset("above", "within", "confidence", "onProgress"),
  });
  const bound = checkBound("compareSeeds", rest);
  const names = checkConditions(conditions);
  checkSeeds(seeds);
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
    means: perName(names, (a) => meanInterval(values[a], bound.confidence)),
    differences: perName(
      others,
      (a) => difference(values[first], values[a], bound),
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
  bound: DifferenceOptions,
): PairedDifference {
  const values = to.map((value, i) => value - from[i]);
  const interval = meanInterval(values, bound.confidence);
  const verdict = verdictOn(interval, bound);
  return { from, to, values, ...interval, ...(verdict ? { verdict } : {}) };
}

/** What the interval says about the bound; undefined without one. */
function verdictOn(
  { low, high }: Interval,
  { above, within }: DifferenceOptions,
): Verdict | undefined {
  if (above !== undefined) {
    if (low > above) return "above";
    return high < above ? "below" : "too small to tell";
  }
  if (within === undefined) return undefined;
  if (low > -within && high < within) return "inside";
  return low > within || high < -within ? "outside" : "too small to tell";
}

/** The options of a difference, checked. */
function checkBound(fn: string, options: DifferenceOptions) {
  const settled = settle(fn, options, {
    ...unset("above", "within"),
    confidence: 0.95,
  });
  const { above, within, confidence } = settled;
  if (above !== undefined && within !== undefined) {
    throw new TypeError(
      `${fn}() expects above or within but found both: state one bound`,
    );
  }
  if (above !== undefined && !Number.isFinite(above)) {
    throw new RangeError(
      `${fn}() expects a finite number as above but found ${
        shown(above)
      }: state the least difference that matters`,
    );
  }
  if (within !== undefined) {
    const remedy = "state the most that does not matter";
    checkRange(fn, "a number within", within, { above: 0, remedy });
  }
  checkConfidence(fn, confidence);
  return settled;
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

function checkSeeds(seeds: readonly number[]): void {
  checkList("compareSeeds", "seeds", seeds);
  for (let i = 0; i < seeds.length; i++) checkSeed("compareSeeds", seeds[i]);
  if (seeds.length >= 2 && new Set(seeds).size === seeds.length) return;
  throw new RangeError(
    `compareSeeds() expects at least 2 seeds, none twice, but found ${
      shown(Array.from(seeds))
    }: pass such as [1, 2, 3]`,
  );
}
