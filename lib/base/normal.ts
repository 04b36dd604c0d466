/** The normal distribution with mean 0 and deviation 1. */

/** Below this a series is quick, above it a continued fraction. */
const MIDDLE = 1.5;

/**
 * Share of a normal distribution that lies below x: (1 + erf(x / sqrt(2))) / 2.
 *
 * In the middle the series 1/2 + p(x) * (x + x^3 / 3 + x^5 / (3 * 5) + ...), whose
 * terms have one sign; outside Laplace's continued fraction for the tail,
 * p(x) / (x + 1 / (x + 2 / (x + 3 / (x + ...)))). Neither loses digits.
 * Source: Abramowitz and Stegun, 1964, formulas 26.2.11 and 26.2.14.
 */
export function normalBelow(x: number): number {
  const size = Math.abs(x);
  if (size < MIDDLE) {
    let term = x, sum = x;
    for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
      term *= x * x / odd;
      sum += term;
    }
    return 0.5 + normalDensity(x) * sum;
  }
  let fraction = size;
  for (let n = Math.ceil(400 / (size * size)) + 8; n > 0; n--) {
    fraction = size + n / fraction;
  }
  const tail = normalDensity(x) / fraction;
  return x < 0 ? tail : 1 - tail;
}

/**
 * Density of the normal distribution.
 *
 * x is cut into a part whose square is exact and a small rest: the exponential
 * of a rounded square would be off by x * x / 2 times the rounding.
 */
export function normalDensity(x: number): number {
  if (Math.abs(x) > 39) return 0; // less than the smallest number
  const head = Math.fround(x), rest = x - head;
  return Math.exp(-head * head / 2) * Math.exp(-rest * (x + head) / 2) /
    Math.sqrt(2 * Math.PI);
}
