import { checkList } from "../base/arguments.ts";
import { checkCount } from "../base/check.ts";
import { checkSeed, settle, shown } from "../base/options.ts";
import { random } from "../base/random.ts";
import { checkConfidence, type Interval } from "./intervals.ts";

/** Settings of bootstrapInterval(). */
export interface BootstrapOptions {
  /** Decides the draws. */
  seed: number;
  /** How often as many values are drawn; 2,000 unless told. */
  draws?: number;
  /** 0.95 unless told. */
  confidence?: number;
}

/**
 * Mean of the values with its percentile bootstrap interval: what the mean would be for
 * other values of the same kind, such as other test pictures.
 *
 * As many values are drawn, with repetition, again and again; the interval holds the
 * middle of their means. Source: Efron, "Bootstrap Methods: Another Look at the
 * Jackknife", 1979. With few values, below about 30, it is too narrow.
 *
 * @param values One for each thing that was drawn at random, at least 2.
 * @param options `seed` is needed; `draws`, `confidence`.
 * @throws {TypeError} No list of values; an unknown option.
 * @throws {RangeError} Fewer than 2 values, or one that is no finite number; a setting
 * out of range.
 *
 * @example
 * ```ts
 * import { bootstrapInterval } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const found = Array.from({ length: 100 }, (_, i) => Number(i < 40)); // 40 of 100
 * const { mean, low, high } = bootstrapInterval(found, { seed: 1 });
 * assert(mean === 0.4 && low > 0.28 && low < 0.33 && high > 0.47 && high < 0.52);
 * ```
 */
export function bootstrapInterval(
  values: readonly number[],
  options: BootstrapOptions,
): Interval {
  const fn = "bootstrapInterval";
  const { seed, draws, confidence } = settle(fn, options, {
    seed: undefined,
    draws: 2000,
    confidence: 0.95,
  });
  checkSeed(fn, seed);
  checkCount(fn, "draws", draws);
  checkConfidence(fn, confidence);
  checkList(fn, "values", values);
  const n = values.length;
  if (n < 2) {
    throw new RangeError(
      `${fn}() expects at least 2 values but found ${n}: one tells nothing about the others`,
    );
  }
  const wrong = Array.from(values).findIndex((v) => !Number.isFinite(v));
  if (wrong !== -1) {
    throw new RangeError(
      `${fn}() expects finite numbers but found ${
        shown(values[wrong])
      } at place ${wrong}: find the run that failed`,
    );
  }
  const stream = random(seed);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[stream.integer(n)];
    return sum / n;
  }).sort();
  const at = (share: number) => means[Math.round(share * (draws - 1))];
  const tail = (1 - confidence) / 2;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / n,
    low: at(tail),
    high: at(1 - tail),
  };
}
