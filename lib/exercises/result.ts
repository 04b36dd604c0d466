/**
 * Reading what a student's function returned: a tensor, tensors by name, or a
 * number, as parts that are compared alike.
 *
 * @module
 */
import { shapeText, sizeOf, type Tensor } from "../base/tensor.ts";

/** The tensors of a result by name; one alone has the name "". */
export type Parts = Readonly<Record<string, Tensor>>;

/** What a function under check returns. */
export type Result = Tensor | number | Parts;

/** A result that has not even the right form. */
export interface Malformed {
  readonly mistake: string;
  /** What was found, and the remedy. */
  readonly details: string;
}

/** Whether the value is a tensor by its form. */
export function isTensor(value: unknown): value is Tensor {
  const { shape, data } = (value ?? {}) as Partial<Tensor>;
  return Array.isArray(shape) &&
    (data instanceof Float32Array || data instanceof Float64Array);
}

/** The parts of a result that is known to be right in form. */
export function partsOf(result: Result): Parts {
  if (typeof result === "number") {
    return { "": { shape: [], data: new Float64Array([result]) } };
  }
  return isTensor(result) ? { "": result } : result;
}

/** The parts of what a student returned, or what is wrong with its form. */
export function readResult(
  found: unknown,
  expected: Result,
): { parts: Parts; malformed?: Malformed } {
  const malformed = formOf(found, expected);
  const parts = malformed ? {} : partsOf(found as Result);
  return { parts, malformed };
}

/** What is wrong with the form of a result, or undefined. */
function formOf(found: unknown, expected: Result): Malformed | undefined {
  if (found === undefined) {
    return {
      mistake: "no result",
      details: "gave undefined: end the function with a return statement",
    };
  }
  if (typeof expected === "number") {
    if (typeof found !== "number") return wrongType("a number", found);
    return notANumber(partsOf(found)[""], "");
  }
  if (isTensor(expected)) return formOfTensor(found, "");
  const names = Object.keys(expected);
  const wanted = `an object { ${names.join(", ")} }`;
  if (typeof found !== "object" || found === null || isTensor(found)) {
    return wrongType(wanted, found);
  }
  for (const name of names) {
    const part = (found as Record<string, unknown>)[name];
    if (part === undefined) {
      return {
        mistake: `no ${name}`,
        details: `gave no ${name}: return ${wanted}`,
      };
    }
    const malformed = formOfTensor(part, name);
    if (malformed) return malformed;
  }
}

/** What is wrong with the form of a tensor, or undefined. */
function formOfTensor(value: unknown, name: string): Malformed | undefined {
  if (!isTensor(value)) {
    return wrongType(`a Tensor${name && ` as ${name}`}`, value);
  }
  const { shape, data } = value;
  const whole = shape.every((length) =>
    Number.isInteger(length) && length >= 0
  );
  if (!whole || sizeOf(shape) !== data.length) {
    return {
      mistake: "shape and data disagree",
      details: `found the shape ${shapeText(shape)} with ${data.length} values${
        name && ` in ${name}`
      }: make room with zeros(shape), which fits`,
    };
  }
  return notANumber(value, name);
}

function notANumber(x: Tensor, name: string): Malformed | undefined {
  const { shape, data } = x;
  const at = data.findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  return {
    mistake: "NaN in the result",
    details: `found NaN${
      shape.length ? ` at index ${indexText(shape, at)}` : ""
    }${
      name && ` of ${name}`
    }: NaN comes from reading outside an array (undefined times a number) or from 0 / 0; check the bounds of the loops`,
  };
}

function wrongType(wanted: string, found: unknown): Malformed {
  const kind = found === null
    ? "null"
    : Array.isArray(found)
    ? "an array"
    : isTensor(found)
    ? `a Tensor ${shapeText(found.shape)}`
    : typeof found === "object"
    ? `an object { ${Object.keys(found).join(", ")} }`
    : `${typeof found} ${String(found)}`;
  const remedy = wanted.startsWith("a Tensor")
    ? "return { shape, data } with a Float32Array, for instance from tensor(values, shape)"
    : `return ${wanted}`;
  return {
    mistake: "wrong type of result",
    details: `expected ${wanted}, found ${kind}: ${remedy}`,
  };
}

/** Place `at` of the values as an index of each axis: `[0, 1, 2, 0]`. */
export function indexText(shape: readonly number[], at: number): string {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(at % shape[axis]);
    at = Math.floor(at / shape[axis]);
  }
  return shapeText(index);
}

/** First place where two tensors of one shape differ, or -1. */
export function firstDifference(
  found: Tensor,
  expected: Tensor,
  tolerance: number,
): number {
  for (let i = 0; i < expected.data.length; i++) {
    if (found.data[i] === expected.data[i]) continue; // also -Infinity
    const scale = Math.max(1, Math.abs(expected.data[i]));
    const difference = Math.abs(found.data[i] - expected.data[i]);
    if (!(difference <= tolerance * scale)) return i;
  }
  return -1;
}

/** Whether two tensors have the same shape and, within tolerance, values. */
export function agree(
  found: Tensor,
  expected: Tensor,
  tolerance: number,
): boolean {
  return shapeText(found.shape) === shapeText(expected.shape) &&
    firstDifference(found, expected, tolerance) < 0;
}
