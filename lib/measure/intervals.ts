/** How sure a measured mean or share is. */
import { checkList } from "../base/arguments.ts";
import { shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { normalQuantile, tQuantile } from "./distributions.ts";

/** An estimate with the interval that covers the truth at the given confidence. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of a few runs with Student's t interval.
 *
 * @param values One a run, at least 2.
 * @param confidence 0.95 unless told.
 * @throws {TypeError} No list of values.
 * @throws {RangeError} Fewer than 2 values, or one that is no finite number; a
 * confidence that is no number between 0 and 1.
 *
 * @example
 * ```ts
 * import { meanInterval } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { mean, low, high } = meanInterval([0.91, 0.92, 0.93]);
 * assertEquals([low, mean, high].map((x) => x.toFixed(3)), ["0.895", "0.920", "0.945"]);
 * ```
 */
export function meanInterval(
  values: readonly number[],
  confidence = 0.95,
): Interval {
  return intervalOf("meanInterval", values, confidence);
}

function intervalOf(
  fn: string,
  values: readonly number[],
  confidence: number,
): Interval {
  checkConfidence(fn, confidence);
  checkList(fn, "values", values);
  const n = values.length;
  if (n < 2) {
    throw new RangeError(
      `${fn}() expects at least 2 values but found ${n}: one run tells nothing about the spread, run more seeds`,
    );
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new RangeError(
      `${fn}() expects finite numbers but found ${
        shown(values[wrong])
      } at place ${wrong}: find the run that failed`,
    );
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  const half = tQuantile((1 + confidence) / 2, n - 1) * error;
  return { mean, low: mean - half, high: mean + half };
}

/**
 * {@linkcode meanInterval} of several lists, as a line or bars with intervals take it.
 *
 * @param lists One list of values a point or a bar.
 * @param confidence 0.95 unless told.
 * @returns Means `y` and the ends `low` and `high`, one a list.
 * @throws {TypeError} No list of lists.
 * @throws {RangeError} As meanInterval().
 *
 * @example
 * ```ts
 * import { barChart, meanIntervals } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const bars = meanIntervals([[0.9, 0.92], [0.96, 0.98]]);
 * assertEquals(bars.y, [0.91, 0.97]);
 * barChart(["MLP", "CNN"], [{ name: "accuracy", ...bars }]);
 * ```
 */
export function meanIntervals(
  lists: readonly (readonly number[])[],
  confidence = 0.95,
): { y: number[]; low: number[]; high: number[] } {
  checkList("meanIntervals", "lists", lists);
  const each = Array.from(
    lists,
    (values) => intervalOf("meanIntervals", values, confidence),
  );
  return {
    y: each.map(({ mean }) => mean),
    low: each.map(({ low }) => low),
    high: each.map(({ high }) => high),
  };
}

/**
 * A share, such as an accuracy, with Wilson's interval; `mean` is the share itself.
 *
 * @param successes How many of the trials succeeded.
 * @param trials How many there were.
 * @param confidence 0.95 unless told.
 * @throws {RangeError} Counts that are no whole numbers, or more successes than trials.
 *
 * @example
 * ```ts
 * import { proportionInterval } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { low, high } = proportionInterval(9900, 10_000);
 * assertEquals([low, high].map((x) => x.toFixed(4)), ["0.9879", "0.9918"]);
 * ```
 */
export function proportionInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): Interval {
  checkConfidence("proportionInterval", confidence);
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!(whole && trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(
      `proportionInterval() expects whole numbers with 0 <= successes <= trials and at least 1 trial but found ${
        shown(successes)
      } of ${shown(trials)}: pass counts, not shares`,
    );
  }
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / trials, square = z * z / trials;
  const middle = (share + square / 2) / (1 + square);
  const half = z / (1 + square) *
    Math.sqrt(share * (1 - share) / trials + square / 4 / trials);
  return {
    mean: share,
    low: Math.max(0, middle - half),
    high: Math.min(1, middle + half),
  };
}

/** Throws unless it is a number between 0 and 1. */
export function checkConfidence(caller: string, confidence: number): void {
  const remedy = "0.95 is usual";
  checkRange(caller, "a confidence", confidence, {
    above: 0,
    below: 1,
    remedy,
  });
}
