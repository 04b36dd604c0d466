/**
 * Checks that loading and training share.
 *
 * @module
 */
import { shown } from "../options.ts";

/** Throws unless a seed, where there is one, is a whole number. */
export function checkSeed(caller: string, seed: number | undefined): void {
  if (seed === undefined || Number.isInteger(seed)) return;
  throw new RangeError(
    `${caller}() expects a whole number as the seed but found ${
      shown(seed)
    }: pass any, such as 1`,
  );
}

/** Throws unless the value is a list of things: an array or a typed array. */
export function checkList(
  caller: string,
  name: string,
  value: unknown,
): asserts value is ArrayLike<unknown> {
  if (Array.isArray(value)) return;
  if (ArrayBuffer.isView(value) && "length" in value) return;
  throw new TypeError(
    `${caller}() expects a list of ${name} but found ${
      shown(value)
    }: write [...], or pass a typed array`,
  );
}
