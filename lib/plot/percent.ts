import { checkDigits } from "../base/arguments.ts";
import { shown } from "../base/options.ts";

/** A mean and the interval around it, as meanInterval() returns. */
export interface MeanAndInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A share as a text in percent, with its interval where there is one.
 *
 * @param share From 0 to 1, or a mean with its interval.
 * @param digits Digits behind the point; 1 unless told.
 * @throws {RangeError} A share that is no finite number.
 *
 * @example
 * ```ts
 * import { percent } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(percent(0.9253), "92.5 %");
 * assertEquals(
 *   percent({ mean: 0.925, low: 0.901, high: 0.949 }),
 *   "92.5 % (90.1 to 94.9)",
 * );
 * ```
 */
export function percent(share: number | MeanAndInterval, digits = 1): string {
  const text = (value: number) =>
    hundredfold("percent", "share from 0 to 1", value, digits);
  if (typeof share !== "object" || share === null) return `${text(share)} %`;
  return `${text(share.mean)} % (${text(share.low)} to ${text(share.high)})`;
}

/**
 * The difference of two shares as a text in percentage points.
 *
 * @param difference From -1 to 1.
 * @param digits Digits behind the point; 1 unless told.
 * @throws {RangeError} A difference that is no finite number.
 *
 * @example
 * ```ts
 * import { points } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(points(0.92 - 0.95), "−3.0 points");
 * ```
 */
export function points(difference: number, digits = 1): string {
  const what = "difference of two shares";
  return `${hundredfold("points", what, difference, digits)} points`;
}

/** A hundred times the value, with a real minus sign, and none before zero. */
function hundredfold(
  fn: string,
  what: string,
  value: number,
  digits: number,
): string {
  checkDigits(fn, digits);
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `${fn}() expects a finite ${what} but found ${
        shown(value)
      }: find out where it arose`,
    );
  }
  const written = (100 * value).toFixed(digits);
  return written.replace("-", Number(written) === 0 ? "" : "−");
}
