import { checkList } from "../base/arguments.ts";
import { shown } from "../base/options.ts";

/**
 * Spearman's rank correlation: 1 where two lists have the same order, -1 where
 * the opposite, near 0 where they have nothing in common. Equal values share
 * their mean rank.
 *
 * @param a Numbers, such as the data of a heat map.
 * @param b As many.
 * @throws {TypeError} Lists of unequal length.
 * @throws {RangeError} NaN, or a list whose values are all equal.
 *
 * @example
 * ```ts
 * import { rankCorrelation } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rankCorrelation([1, 2, 9], [10, 20, 21]), 1);
 * ```
 */
export function rankCorrelation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  checkList("rankCorrelation", "numbers", a);
  checkList("rankCorrelation", "numbers", b);
  if (a.length !== b.length) {
    throw new TypeError(
      `rankCorrelation() expects two lists of one length but found ${a.length} and ${b.length} numbers: compare maps of one size`,
    );
  }
  const ra = centredRanks(a), rb = centredRanks(b);
  const dot = (x: number[], y: number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(ra, rb) / Math.sqrt(dot(ra, ra) * dot(rb, rb));
}

/** Ranks less their mean. */
function centredRanks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (value, i) => ({ value, i }));
  const wrong = order.find(({ value }) =>
    typeof value !== "number" || Number.isNaN(value)
  );
  if (wrong === undefined) order.sort((x, y) => x.value - y.value);
  if (wrong || order.length < 2 || order[0].value === order.at(-1)!.value) {
    throw new RangeError(
      `rankCorrelation() expects numbers that differ but found ${
        wrong
          ? `${shown(wrong.value)} at place ${wrong.i}`
          : "all of them equal"
      }: such a list has no order`,
    );
  }
  const ranks = new Array<number>(order.length);
  for (let start = 0, end; start < order.length; start = end) {
    end = start + 1;
    while (end < order.length && order[end].value === order[start].value) end++;
    // places start to end - 1, less the mean place of all
    const rank = (start + end - order.length) / 2;
    for (let place = start; place < end; place++) ranks[order[place].i] = rank;
  }
  return ranks;
}
