/**
 * The one container of the course: a shape and its numbers in a row.
 *
 * The numbers lie in row-major order: the last axis is next to itself in
 * memory. An image batch is NHWC, so the channels of one pixel are neighbours.
 *
 * @module
 */
import { checkWord, settle, shown } from "./options.ts";
import {
  checkLengths,
  checkTensor,
  DTYPES,
  room,
  roomLike,
  shapeText,
  sizeOf,
} from "./shape.ts";

export { shapeText, sizeOf } from "./shape.ts";

/** Float32Array for everyday work, Float64Array where gradients are checked. */
export type TensorData = Float32Array | Float64Array;

/** Precision of a tensor's numbers. */
export type DType = "float32" | "float64";

/** A shape and its values in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Numbers nested as deep as the tensor has axes; a bare number has none. */
export type Nested = number | readonly Nested[];

/** Room for `length` numbers, all 0, of the same precision as `like`. */
export function allocate(length: number, like: TensorData): TensorData {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `allocate() expects a length that is a whole number of 0 or more but found ${
        shown(length)
      }: pass how many numbers are needed`,
    );
  }
  if (!isTensorData(like)) {
    throw new TypeError(
      `allocate() expects a Float32Array or Float64Array to be like but found ${
        shown(like)
      }: pass the data of a tensor`,
    );
  }
  return roomLike("allocate", length, like);
}

/** Whether a value is one of the two kinds of numbers. */
function isTensorData(values: unknown): values is TensorData {
  return values instanceof Float32Array || values instanceof Float64Array;
}

/**
 * Makes a tensor from nested arrays, or from flat values with a shape.
 *
 * A typed array with a shape is used as it is, not copied.
 *
 * @param values Nested arrays of numbers, or flat values.
 * @param shape Length of each axis; needed only for flat values.
 * @param options `dtype`: "float32" unless told; a typed array keeps its own.
 * @returns A tensor [*shape].
 * @throws {TypeError} Rows of unequal length, or values that do not fill the
 * shape; another dtype; an unknown option.
 * @throws {RangeError} An axis length that is no whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tensor([[1, 2, 3], [4, 5, 6]]).shape, [2, 3]);
 * assertEquals(tensor([1, 2, 3, 4], [2, 2]).shape, [2, 2]);
 * ```
 */
export function tensor(
  values: Nested | TensorData,
  shape?: readonly number[],
  options: { dtype?: DType } = {},
): Tensor {
  const typed = isTensorData(values);
  const found = typed ? [values.length] : nestedShape(values);
  const target = shape === undefined ? found : shape;
  checkLengths("tensor", target);
  const { dtype } = settle("tensor", options, { dtype: undefined });
  if (dtype !== undefined) checkWord("tensor", "dtype", dtype, DTYPES);
  if (sizeOf(target) !== sizeOf(found)) {
    throw new TypeError(
      `tensor() expects ${sizeOf(target)} values for the shape ${
        shapeText(target)
      } but found ${
        sizeOf(found)
      }: the product of the axis lengths must equal the number of values`,
    );
  }
  if (typed && dtype === undefined) {
    return { shape: [...target], data: values };
  }
  const data = dtype === "float64"
    ? new Float64Array(sizeOf(target))
    : new Float32Array(sizeOf(target));
  if (typed) data.set(values);
  else fill(data, values, 0);
  return { shape: [...target], data };
}

/** Shape of nested arrays; every row must be as long as its neighbours. */
function nestedShape(values: Nested): number[] {
  const shape: number[] = [];
  for (let first = values; Array.isArray(first); first = first[0]) {
    shape.push(first.length);
  }
  // Only values that do not fit pay for saying where.
  return fits(values, shape, 0) ? shape : explainedShape(values, "values");
}

/** Whether nested arrays have this shape from `axis` on, and hold numbers. */
function fits(values: Nested, shape: readonly number[], axis: number): boolean {
  if (axis === shape.length) return typeof values === "number";
  if (!Array.isArray(values) || values.length !== shape[axis]) return false;
  for (let i = 0; i < values.length; i++) {
    if (!fits(values[i], shape, axis + 1)) return false;
  }
  return true;
}

/** The shape of nested arrays, or an error that says where they do not fit. */
function explainedShape(values: Nested, path: string): number[] {
  if (typeof values === "number") return [];
  if (!Array.isArray(values)) {
    throw new TypeError(
      `tensor() expects numbers at ${path} but found ${
        shown(values)
      }: pass nested arrays of numbers, or a Float32Array`,
    );
  }
  if (values.length === 0) return [0];
  const first = explainedShape(values[0], `${path}[0]`);
  for (let i = 1; i < values.length; i++) {
    const other = explainedShape(values[i], `${path}[${i}]`);
    if (shapeText(other) !== shapeText(first)) {
      throw new TypeError(
        `tensor() expects rows of one shape but found ${
          shapeText(first)
        } at ${path}[0] and ${
          shapeText(other)
        } at ${path}[${i}]: make every row the same length`,
      );
    }
  }
  return [values.length, ...first];
}

/** Copies nested values into `data` from `offset`; returns the next offset. */
function fill(data: TensorData, values: Nested, offset: number): number {
  if (typeof values === "number") {
    data[offset] = values;
    return offset + 1;
  }
  for (let i = 0; i < values.length; i++) {
    offset = fill(data, values[i], offset);
  }
  return offset;
}

/**
 * A tensor of zeros, float32 unless told.
 *
 * @throws {TypeError} A shape that is no list; another dtype.
 * @throws {RangeError} An axis length that is no whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...zeros([3]).data], [0, 0, 0]);
 * ```
 */
export function zeros(shape: readonly number[], dtype?: DType): Tensor {
  checkLengths("zeros", shape);
  if (dtype !== undefined) checkWord("zeros", "dtype", dtype, DTYPES);
  const length = sizeOf(shape);
  return {
    shape: [...shape],
    data: room("zeros", length, dtype ?? "float32"),
  };
}

/**
 * A tensor of zeros with the shape and precision of `x`.
 *
 * @example
 * ```ts
 * import { tensor, zerosLike } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zerosLike(tensor([[1, 2]])).shape, [1, 2]);
 * ```
 */
export function zerosLike(x: Tensor): Tensor {
  checkTensor("zerosLike", "", x);
  return { shape: [...x.shape], data: allocate(x.data.length, x.data) };
}

/**
 * The same values under another shape; no number is copied or moved.
 *
 * @throws {TypeError} The new shape holds another number of values.
 * @throws {RangeError} An axis length that is no whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { reshape, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reshape(tensor([[1, 2], [3, 4]]), [4]).shape, [4]);
 * ```
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor("reshape", "", x);
  checkLengths("reshape", shape);
  if (sizeOf(shape) !== x.data.length) {
    throw new TypeError(
      `reshape() expects a shape of ${x.data.length} values for an input ${
        shapeText(x.shape)
      } but found ${shapeText(shape)} with ${
        sizeOf(shape)
      }: the product of the lengths must stay the same`,
    );
  }
  return { shape: [...shape], data: x.data };
}

/**
 * Rows `start` to `end` (not included) of the first axis, as a copy.
 *
 * @throws {RangeError} The rows do not lie inside the first axis.
 *
 * @example
 * ```ts
 * import { slice, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...slice(tensor([[1, 2], [3, 4]]), 1, 2).data], [3, 4]);
 * ```
 */
export function slice(x: Tensor, start: number, end: number): Tensor {
  checkTensor("slice", "", x);
  const rows = x.shape[0] ?? 0;
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (!(whole && start >= 0 && start <= end && end <= rows)) {
    throw new RangeError(
      `slice() expects whole numbers 0 <= start <= end <= ${rows} but found start ${
        shown(start)
      } and end ${shown(end)}: the first axis of ${
        shapeText(x.shape)
      } has ${rows} rows`,
    );
  }
  const row = sizeOf(x.shape.slice(1));
  return {
    shape: [end - start, ...x.shape.slice(1)],
    data: x.data.slice(start * row, end * row),
  };
}

/**
 * The chosen rows of the first axis, in the order given, as a copy.
 *
 * @throws {TypeError} Indices that are no list.
 * @throws {RangeError} An index outside the first axis.
 *
 * @example
 * ```ts
 * import { gather, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...gather(tensor([1, 2, 3]), [2, 0]).data], [3, 1]);
 * ```
 */
export function gather(x: Tensor, indices: ArrayLike<number>): Tensor {
  checkTensor("gather", "", x);
  const rows = x.shape[0] ?? 0;
  if (typeof indices !== "object" || !Number.isInteger(indices?.length)) {
    throw new TypeError(
      `gather() expects a list of indices but found ${
        shown(indices)
      }: pass row numbers, such as [0, 2]`,
    );
  }
  const row = sizeOf(x.shape.slice(1));
  const data = allocate(indices.length * row, x.data);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index >= 0 && index < rows)) {
      throw new RangeError(
        `gather() expects whole indices from 0 to ${rows - 1} but found ${
          shown(index)
        } at place ${i}: the first axis of ${
          shapeText(x.shape)
        } has ${rows} rows`,
      );
    }
    data.set(x.data.subarray(index * row, (index + 1) * row), i * row);
  }
  return { shape: [indices.length, ...x.shape.slice(1)], data };
}

/**
 * The same values in the precision told, as a copy.
 *
 * @throws {TypeError} Another dtype than "float32" or "float64".
 *
 * @example
 * ```ts
 * import { cast, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const wide = cast(tensor([0.5]), "float64");
 * assertEquals(wide.data, new Float64Array([0.5]));
 * ```
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor("cast", "", x);
  checkWord("cast", "dtype", dtype, DTYPES);
  return {
    shape: [...x.shape],
    data: dtype === "float64"
      ? Float64Array.from(x.data)
      : Float32Array.from(x.data),
  };
}

/**
 * Nested arrays of the tensor's values: for reading, and for assertEquals.
 *
 * @example
 * ```ts
 * import { reshape, tensor, toNested } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const square = reshape(tensor([1, 2, 3, 4]), [2, 2]);
 * assertEquals(toNested(square), [[1, 2], [3, 4]]);
 * ```
 */
export function toNested(x: Tensor): Nested {
  checkTensor("toNested", "", x);
  const build = (axis: number, offset: number): Nested => {
    if (axis === x.shape.length) return x.data[offset];
    const step = sizeOf(x.shape.slice(axis + 1));
    return Array.from(
      { length: x.shape[axis] },
      (_, i) => build(axis + 1, offset + i * step),
    );
  };
  return build(0, 0);
}
