/** Quantiles of the normal and of Student's t distribution. */
import { normalBelow } from "../base/normal.ts";
import { shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";

/** Logarithm of the gamma function: Lanczos' series with 9 terms. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = terms.reduce(
    (sum, term, i) => sum + term / (x + i),
    0.99999999999980993,
  );
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t +
    Math.log(sum);
}

/** Regularised incomplete beta function I_x(a, b) by Lentz's continued fraction. */
function incompleteBeta(x: number, a: number, b: number): number {
  // the fraction converges fast only on this side of the mean
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) +
      b * Math.log1p(-x),
  ) / a;
  const tiny = 1e-300;
  const away = (value: number) => Math.abs(value) < tiny ? tiny : value;
  let c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= c * d;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** Probability that a t variable lies above `t`, which is 0 or more. */
function upperTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
}

/**
 * The value below which a Student t variable lies with the given probability;
 * with a freedom of Infinity, a normal one.
 */
export function tQuantile(probability: number, freedom: number): number {
  checkProbability("tQuantile", probability);
  if (!(typeof freedom === "number" && freedom > 0)) {
    throw new RangeError(
      `tQuantile() expects degrees of freedom above 0 but found ${
        shown(freedom)
      }: it is the number of values less 1`,
    );
  }
  if (probability === 0.5) return 0;
  const tail = Math.min(probability, 1 - probability);
  // beyond this many degrees the two distributions agree to ten digits
  const above = freedom > 1e10
    ? (t: number) => normalBelow(-t)
    : (t: number) => upperTail(t, freedom);
  let low = 0, high = 1;
  while (above(high) > tail) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (above(middle) > tail) low = middle;
    else high = middle;
  }
  const t = (low + high) / 2;
  return probability < 0.5 ? -t : t;
}

function checkProbability(caller: string, probability: number): void {
  checkRange(caller, "a probability", probability, {
    above: 0,
    below: 1,
    remedy: "0.975 bounds the middle 95 %",
  });
}

/** The value below which a standard normal variable lies with the probability. */
export function normalQuantile(probability: number): number {
  checkProbability("normalQuantile", probability);
  return tQuantile(probability, Infinity);
}
