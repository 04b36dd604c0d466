/**
 * What a student's function returned, a tensor, tensors by name, or a number:
 * reading it as parts that are compared alike, and saying how they differ.
 *
 * @module
 */
import { isTensor } from "../base/check.ts";
import { shapeText, sizeOf, type Tensor } from "../base/tensor.ts";

/** The tensors of a result by name; one alone has the name "". */
export type Parts = Readonly<Record<string, Tensor>>;

/** What a function under check returns. */
export type Result = Tensor | number | Parts;

/** Why a result has not even the right form; the details say what was found, and the remedy. */
export type Malformed = readonly [mistake: string, details: string];

/** The name of a result with NaN in it. */
export const NOT_A_NUMBER = "NaN in the result";

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
  return { parts: malformed ? {} : partsOf(found as Result), malformed };
}

/** What is wrong with the form of a result, or undefined. */
function formOf(found: unknown, expected: Result): Malformed | undefined {
  if (found === undefined) {
    return [
      "no result",
      "gave undefined: end the function with a return statement",
    ];
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
      return [`no ${name}`, `gave no ${name}: return ${wanted}`];
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
    return [
      "shape and data disagree",
      `found the shape ${shapeText(shape)} with ${data.length} values${
        name && ` in ${name}`
      }: make room with zeros(shape), which fits`,
    ];
  }
  return notANumber(value, name);
}

function notANumber(x: Tensor, name: string): Malformed | undefined {
  const at = x.data.findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  return [
    NOT_A_NUMBER,
    `found NaN${
      placeText(x, at, name)
    }: NaN comes from reading outside an array (undefined times a number) or from 0 / 0; check the bounds of the loops`,
  ];
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
  return [
    "wrong type of result",
    `expected ${wanted}, found ${kind}: ${remedy}`,
  ];
}

/** " at index [0, 1, 2, 0] of dx": place `at` of the values of a part. */
function placeText({ shape }: Tensor, at: number, part: string): string {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(at % shape[axis]);
    at = Math.floor(at / shape[axis]);
  }
  return (shape.length ? ` at index ${shapeText(index)}` : "") +
    (part && ` of ${part}`);
}

/** First place where two tensors of one shape differ, or -1. */
function firstDifference(
  found: Tensor,
  expected: Tensor,
  tolerance: number,
): number {
  return expected.data.findIndex((wanted, i) => {
    const given = found.data[i];
    if (given === wanted || Object.is(given, wanted)) return false; // also -Infinity, NaN
    const scale = Math.max(1, Math.abs(wanted));
    return !(Math.abs(given - wanted) <= tolerance * scale);
  });
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

/** "[object Array]", "[object Float32Array]". */
const kindOf = (value: unknown) => Object.prototype.toString.call(value);

/** Whether an argument, with all that it holds, still has its values. */
export function same(one: unknown, other: unknown): boolean {
  if (isTensor(one)) {
    return isTensor(other) && kindOf(one.data) === kindOf(other.data) &&
      one.data.length === other.data.length && agree(other, one, 0);
  }
  if (typeof one !== "object" || one === null) return one === other;
  if (typeof other !== "object" || other === null) return false;
  // A plain object with the keys of a typed array is another thing.
  if (kindOf(one) !== kindOf(other)) return false;
  const names = Object.keys({ ...one, ...other });
  return names.every((name) =>
    same(one[name as keyof object], other[name as keyof object])
  );
}

/** "expected 7, found -3 at index [0, 0, 0, 0]", or the two shapes. */
export function differenceText(
  found: Tensor,
  expected: Tensor,
  part: string,
  tolerance: number,
): string {
  if (shapeText(found.shape) !== shapeText(expected.shape)) {
    const of = part && ` of ${part}`;
    return `expected the shape ${shapeText(expected.shape)}${of}, found ${
      shapeText(found.shape)
    }`;
  }
  const at = firstDifference(found, expected, tolerance);
  const [wanted, given] = apart(expected.data[at], found.data[at]);
  return `expected ${wanted}, found ${given}${placeText(expected, at, part)}`;
}

/** Two numbers with six digits, or with as many as it takes to tell them apart. */
function apart(one: number, other: number): [string, string] {
  for (let digits = 6;; digits++) {
    const [a, b] = [one, other].map((v) =>
      String(Number(v.toPrecision(digits)))
    );
    if (a !== b || digits === 17) return [a, b];
  }
}
