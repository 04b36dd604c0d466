/** Median and quartiles of measured values. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many values. */
  readonly rounds: number;
}

/**
 * Median and quartiles, by linear interpolation between the sorted values.
 *
 * @throws {RangeError} No values, or one that is no positive number.
 */
export function spreadOf(values: readonly number[]): Spread {
  const wrong = values.find((value) => !(value > 0 && value < Infinity));
  if (values.length === 0 || wrong !== undefined) {
    throw new RangeError(
      `spreadOf() expects values above 0 but found ${
        values.length === 0 ? "none" : wrong
      }: measure at least one round`,
    );
  }
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  const [low, median, high] = [0.25, 0.5, 0.75].map(at);
  return { median, low, high, rounds: values.length };
}

/** A number with as many digits as it can carry. */
export function numberText(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toPrecision(2);
}

/** Low and high quartile: "90 to 110". */
export function quartilesText({ low, high }: Spread): string {
  return `${numberText(low)} to ${numberText(high)}`;
}
