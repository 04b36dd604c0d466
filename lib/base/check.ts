/**
 * The checks that every layer makes before it computes.
 *
 * A message has four parts: the function, what it expects, what it found, and
 * what to do.
 *
 * @module
 */
import { shown } from "./options.ts";
import { checkTensor, shapeText } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

export { shown } from "./options.ts";
export { checkRank, checkTensor } from "./shape.ts";

/** Height and width: one number for both, or [height, width]. */
export type Pair = number | readonly [number, number];

/** Whether a value has the form of a tensor. */
export function isTensor(value: unknown): value is Tensor {
  const { shape, data } = (value ?? {}) as Partial<Tensor>;
  return Array.isArray(shape) &&
    (data instanceof Float32Array || data instanceof Float64Array);
}

/** Throws unless `x` is a tensor of exactly `shape`. */
export function checkShape(
  fn: string,
  name: string,
  x: Tensor,
  shape: readonly number[],
  remedy: string,
): void {
  checkTensor(fn, name, x);
  if (shapeText(x.shape) !== shapeText(shape)) {
    throw new TypeError(
      `${fn}() expects ${name} ${shapeText(shape)} but found ${
        shapeText(x.shape)
      }: ${remedy}`,
    );
  }
}

/** Throws unless `value` is a whole number of 1 or more. */
export function checkCount(fn: string, name: string, value: number): void {
  if (typeof value !== "number") {
    throw new TypeError(
      `${fn}() expects a number as ${name} but found ${
        shown(value)
      }: pass a whole number of 1 or more`,
    );
  }
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `${fn}() expects ${name} of 1 or more, whole, but found ${value}: pass such as 1 or 2`,
    );
  }
}

/** A number twice, or the two of a pair; undefined where it is neither. */
export function twoOf(value: unknown): readonly unknown[] | undefined {
  const both = typeof value === "number" ? [value, value] : value;
  return Array.isArray(both) && both.length === 2 ? both : undefined;
}

/** Height and width from a number or a pair; whole numbers of 1 or more. */
export function checkPair(
  fn: string,
  name: string,
  value: Pair,
): [number, number] {
  const both = twoOf(value);
  if (both === undefined) {
    throw new TypeError(
      `${fn}() expects ${name} as a number or a pair [height, width] but found ${
        shown(value)
      }: write 2 or [2, 2]`,
    );
  }
  for (const part of both) checkCount(fn, name, part as number);
  return both.slice() as [number, number];
}
