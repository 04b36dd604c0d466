/**
 * Checks of plain arguments: notebook cells run without a type check.
 *
 * @module
 */
import { shown } from "./options.ts";
import { checkRange } from "./range.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Throws when a number of a tensor is NaN or infinite.
 *
 * @throws {TypeError} It names the place.
 */
export function checkNumbers(x: Tensor, caller: string): void {
  const bad = x.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new TypeError(
      `${caller}() expects finite numbers but found ${
        x.data[bad]
      } at place ${bad} of [${x.shape.join(", ")}]: find out where it arose`,
    );
  }
}

/** Throws unless `value` is a text. */
export function checkText(
  fn: string,
  name: string,
  value: unknown,
): asserts value is string {
  if (typeof value === "string") return;
  throw new TypeError(
    `${fn}() expects a text as ${name} but found ${
      shown(value)
    }: put it in quotes`,
  );
}

/** Throws unless `values` is a list of texts. */
export function checkTexts(fn: string, name: string, values: unknown): void {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `${fn}() expects a list of texts as ${name} but found ${
        shown(values)
      }: pass such as ["cat", "dog"]`,
    );
  }
  values.forEach((value, i) => checkText(fn, `${name}[${i}]`, value));
}

/** Calls a check such as `checkText` for each of the options that is given. */
export function checkGiven(
  check: (fn: string, name: string, value: unknown) => void,
  fn: string,
  options: Record<string, unknown>,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) check(fn, name, value);
  }
}

/**
 * Throws unless `value` is an array or a typed array; what is in it is checked later.
 *
 * @param what What it lists, for the message, such as "labels".
 */
export function checkList(
  fn: string,
  what: string,
  value: unknown,
): asserts value is ArrayLike<unknown> {
  if (Array.isArray(value)) return;
  if (ArrayBuffer.isView(value) && "length" in value) return;
  throw new TypeError(
    `${fn}() expects a list of ${what} but found ${
      shown(value)
    }: write [...], or pass a typed array`,
  );
}

/** Throws unless the option `name` is an array; what is in it is checked later. */
export function checkArray(
  fn: string,
  name: string,
  value: unknown,
  remedy: string,
): void {
  if (Array.isArray(value)) return;
  throw new TypeError(
    `${fn}() expects a list as ${name} but found ${shown(value)}: ${remedy}`,
  );
}

/** Throws unless `value` is a list of at least one `what`, such as "row". */
export function checkSome(
  fn: string,
  what: string,
  value: unknown,
  remedy: string,
): void {
  if (Array.isArray(value) && value.length > 0) return;
  throw new TypeError(
    `${fn}() expects at least one ${what} but found ${
      Array.isArray(value) ? "none" : shown(value)
    }: ${remedy}`,
  );
}

/** Throws unless `digits` is a number of decimals. */
export function checkDigits(fn: string, digits: unknown): void {
  const remedy = "pass such as 2";
  const range = { from: 0, to: 20, whole: true, kind: true, remedy };
  checkRange(fn, "whole digits", digits, range);
}

/** Throws unless `value` is a number above 0. */
export function checkPositive(fn: string, name: string, value: unknown): void {
  const remedy = "leave it out for the usual one";
  checkRange(fn, `a ${name}`, value, { above: 0, kind: true, remedy });
}

/** Throws unless `value` is a number from 0 to 1. */
export function checkShare(fn: string, name: string, value: unknown): void {
  const remedy = "pass such as 0.5";
  checkRange(fn, name, value, { from: 0, to: 1, kind: true, remedy });
}

/** Throws unless `ends` are two finite numbers that differ; an axis may run down. */
export function checkEnds(
  fn: string,
  name: string,
  ends: unknown,
  { down = false } = {},
): void {
  const [low, high] = Array.isArray(ends) ? ends : [];
  const fits = Array.isArray(ends) && ends.length === 2 &&
    Number.isFinite(low) && Number.isFinite(high) &&
    (down ? low !== high : low < high);
  if (fits) return;
  throw new TypeError(
    `${fn}() expects a ${name} [low, high] of two numbers that differ but found ${
      shown(ends)
    }: pass such as [0, 1]`,
  );
}
