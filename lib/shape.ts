/**
 * Shapes: the length of each axis, the slowest first.
 *
 * @module
 */
import { shown } from "./options.ts";

/**
 * A shape as people write it.
 *
 * @example
 * ```ts
 * import { shapeText } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shapeText([2, 3]), "[2, 3]");
 * ```
 */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Number of values a shape holds; 1 for the shape [] of a single number.
 *
 * @example
 * ```ts
 * import { sizeOf } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeOf([2, 3]), 6);
 * ```
 */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Throws unless `shape` is a list of whole numbers of 0 or more. */
export function checkLengths(fn: string, shape: readonly number[]): void {
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `${fn}() expects a shape but found ${
        shown(shape)
      }: write the shape as [2, 3]`,
    );
  }
  if (!shape.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new RangeError(
      `${fn}() expects axis lengths that are whole numbers of 0 or more but found ${
        shapeText(shape)
      }: write the shape as [2, 3]`,
    );
  }
}
