import { formatNumber } from "../base/numbers.ts";
import { checkCount } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { checkArray, checkShare } from "../base/arguments.ts";
import type { Condition } from "./conditions.ts";

/**
 * The conditions of a new order of an image's pixels, for checkConditions():
 * every pixel once, and enough of them far from where they were.
 *
 * @param order Place i of the new image shows old pixel `order[i]`.
 * @param options `width` of the image; `far`: rows or columns that count as
 * far; `share` of the pixels, at least, that must move so far.
 *
 * @throws {TypeError} An unknown option, or one that is missing.
 * @throws {RangeError} A width or far below 1, or a share outside 0 to 1.
 *
 * @example
 * ```ts
 * import { checkConditions, pixelOrderConditions } from "cnn";
 *
 * const upsideDown = Array.from({ length: 784 }, (_, i) => 783 - i);
 * const conditions = pixelOrderConditions(upsideDown, {
 *   width: 28,
 *   far: 10,
 *   share: 1 / 3,
 * });
 * await checkConditions(conditions, { exercise: "1.5" });
 * ```
 */
export function pixelOrderConditions(
  order: readonly number[],
  options: { width: number; far: number; share: number },
): Condition[] {
  const fn = "pixelOrderConditions";
  const { width, far, share } = settle(fn, options, {
    width: undefined,
    far: undefined,
    share: undefined,
  });
  checkCount(fn, "width", width);
  checkCount(fn, "far", far);
  checkShare(fn, "share", share);
  const pixels = width * width;
  const remedy = `start from Array.from({ length: ${pixels} }, (_, i) => i)`;
  checkArray(fn, "order", order, remedy);
  const distinct = new Set(order).size;
  const complete = order.length === pixels && distinct === pixels &&
    order.every((p) => Number.isInteger(p) && p >= 0 && p < pixels);
  const moved =
    order.filter((p, i) =>
      Math.abs(Math.floor(p / width) - Math.floor(i / width)) >= far ||
      Math.abs(p % width - i % width) >= far
    ).length / pixels;
  return [
    {
      holds: complete,
      mistake: "no order of all pixels",
      details: `expected each of 0 to ${
        pixels - 1
      } once but found ${order.length} numbers, ${distinct} of them different: start from Array.from({ length: ${pixels} }, (_, i) => i)`,
    },
    {
      holds: moved >= share,
      mistake: "too few pixels move far",
      details: `expected a share of ${
        formatNumber(share)
      } or more to move by ${far} rows or columns but found ${
        formatNumber(moved)
      }: move the whole picture, not a part`,
    },
  ];
}
