import { shown } from "./options.ts";

/** Which numbers are meant, and what to do about another one. */
export interface Range {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  /** Whole numbers alone. */
  readonly whole?: boolean;
  /** Something else than a number is a TypeError. */
  readonly kind?: boolean;
  /** Behind what was found, such as ` for "title"`. */
  readonly where?: string;
  readonly remedy: string;
}

/** Throws unless `value` is a finite number of the range; `what` is "a ridge", say. */
export function checkRange(
  fn: string,
  what: string,
  value: unknown,
  range: Range,
): asserts value is number {
  const { from = -Infinity, above = -Infinity, whole, kind, remedy } = range;
  const { to = Infinity, below = Infinity, where = "" } = range;
  const fits = typeof value === "number" && Number.isFinite(value) &&
    value >= from && value > above && value <= to && value < below &&
    (!whole || Number.isInteger(value));
  if (fits) return;
  const Kind = kind && typeof value !== "number" ? TypeError : RangeError;
  throw new Kind(
    `${fn}() expects ${what} ${inWords(range)} but found ${
      shown(value)
    }${where}: ${remedy}`,
  );
}

function inWords({ from, above, to, below }: Range): string {
  if (from === undefined) {
    if (below !== undefined) return `between ${above} and ${below}`;
    return `above ${above}${to === undefined ? "" : ` and at most ${to}`}`;
  }
  if (below !== undefined) return `from ${from} to below ${below}`;
  return to === undefined ? `of ${from} or more` : `from ${from} to ${to}`;
}
