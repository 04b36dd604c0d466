/**
 * Fresh seeds for a notebook that is run again: `deno task replicate` tells the
 * kernel a number before the first cell; without one the committed seeds count.
 */
import { checkRange } from "../base/range.ts";

const key = Symbol.for("cnn.replication");

/** The number of this replication, or undefined where the notebook runs as committed. */
export function replication(): number | undefined {
  return (globalThis as Record<symbol, unknown>)[key] as number | undefined;
}

/**
 * The seeds of a notebook's experiments: 1, 2, 3, ... as committed, others when
 * `deno task replicate` runs the notebook again.
 *
 * Draw pictures with one of them as well, so that a replication sees other ones.
 *
 * @param count How many; at least 1.
 * @throws {TypeError} A count that is no number.
 * @throws {RangeError} A count that is no whole number from 1.
 *
 * @example
 * ```ts
 * import { drawSeeds } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(drawSeeds(4), [1, 2, 3, 4]);
 * ```
 */
export function drawSeeds(count: number): number[] {
  const remedy = "pass how many, such as 5";
  const range = { from: 1, whole: true, kind: true, remedy };
  checkRange("drawSeeds", "a whole count of seeds", count, range);
  const before = replication() ?? 0;
  return Array.from({ length: count }, (_, i) => before + i + 1);
}
