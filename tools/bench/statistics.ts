/** Median and quartiles of measured speeds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
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
      `spreadOf() expects speeds above 0 but found ${
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
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** A speed with as many digits as it can carry. */
export function speedText(speed: number): string {
  if (speed >= 10) return String(Math.round(speed));
  return speed.toPrecision(2);
}
