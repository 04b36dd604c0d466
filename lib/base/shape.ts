/**
 * Shapes: the length of each axis, the slowest first; and what has one.
 *
 * @module
 */
import { shown } from "./options.ts";

/** Precisions of a tensor's numbers. */
export const DTYPES = ["float32", "float64"] as const;

/** A shape as people write it: "[2, 3]". Throws a TypeError at what is no list. */
export function shapeText(shape: readonly number[]): string {
  checkList("shapeText", shape);
  return `[${shape.join(", ")}]`;
}

/** Number of values a shape holds; 1 for the shape [] of a single number. */
export function sizeOf(shape: readonly number[]): number {
  checkLengths("sizeOf", shape);
  return shape.reduce((product, length) => product * length, 1);
}

/** Throws unless `shape` is a list. */
function checkList(fn: string, shape: readonly number[]): void {
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `${fn}() expects a shape but found ${
        shown(shape)
      }: write the shape as [2, 3]`,
    );
  }
}

/** Throws unless `shape` is a list of whole numbers of 0 or more. */
export function checkLengths(fn: string, shape: readonly number[]): void {
  checkList(fn, shape);
  if (!shape.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new RangeError(
      `${fn}() expects axis lengths that are whole numbers of 0 or more but found ${
        shown(shape)
      }: write the shape as [2, 3]`,
    );
  }
}

/** Throws unless `x` is a tensor: its numbers fill its shape, which fits `axes`, such as "[N, H, W, C]". */
export function checkTensor(
  fn: string,
  name: string,
  x: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  axes?: string,
): void {
  const data: unknown = x?.data;
  const typed = data instanceof Float32Array || data instanceof Float64Array;
  if (!typed || !Array.isArray(x.shape)) {
    throw new TypeError(
      `${fn}() expects a tensor${name && ` as ${name}`} but found ${
        shown(x)
      }: make one with tensor(values)`,
    );
  }
  checkLengths(fn, x.shape);
  if (sizeOf(x.shape) !== data.length) {
    throw new TypeError(
      `${fn}() expects ${sizeOf(x.shape)} values in ${name || "a tensor"} ${
        shapeText(x.shape)
      } but found ${data.length}: the shape must fit the data`,
    );
  }
  if (axes !== undefined) checkRank(fn, name, x.shape, axes);
}

/** Throws unless `shape` has as many axes as `axes` names. */
export function checkRank(
  fn: string,
  name: string,
  shape: readonly number[],
  axes: string,
): void {
  const rank = axes.split(",").length;
  if (!Array.isArray(shape) || shape.length !== rank) {
    throw new TypeError(
      `${fn}() expects ${name} with ${rank} axes ${axes} but found ${
        shown(shape)
      }: reshape it first; no axis is guessed`,
    );
  }
  const whole = shape.every((length) => Number.isInteger(length) && length > 0);
  if (!whole) {
    throw new TypeError(
      `${fn}() expects ${name} ${axes} with lengths of 1 or more but found ${
        shapeText(shape)
      }: an empty axis has nothing to compute`,
    );
  }
}

type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
type DType = (typeof DTYPES)[number];

/** Room for `length` numbers, all 0; throws in the name of `fn` where memory holds no more. */
export function room(
  fn: string,
  length: number,
  dtype: "float64",
): Float64Array<ArrayBuffer>;
export function room(fn: string, length: number, dtype: DType): Numbers;
export function room(fn: string, length: number, dtype: DType): Numbers {
  try {
    const Kind = dtype === "float64" ? Float64Array : Float32Array;
    return new Kind(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `${fn}() expects tensors that fit into memory but found one of ${length} numbers: use fewer images at once, smaller ones, or a smaller network`,
      { cause: error },
    );
  }
}

/** Room for `length` numbers of the precision of others. */
export function roomLike(
  fn: string,
  length: number,
  like: Float32Array | Float64Array,
): Numbers {
  const dtype = like instanceof Float64Array ? "float64" : "float32";
  return room(fn, length, dtype);
}
