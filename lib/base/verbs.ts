/**
 * What notebooks do with tensors, in place of arithmetic with places in `data`.
 *
 * @module
 */
import { checkShape, checkTensor } from "./check.ts";
import { shown } from "./options.ts";
import { roomLike, shapeText, sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { checkAxes, stepsOf, walk } from "./walk.ts";

/**
 * One number of a tensor.
 *
 * @param x Any shape.
 * @param index One whole number an axis, counted from 0.
 * @throws {TypeError} Another number of indices than axes: for a row, an image
 * or a plane there is {@linkcode part}.
 * @throws {RangeError} An index outside its axis.
 *
 * @example
 * ```ts
 * import { at, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(at(tensor([[1, 2], [3, 4]]), 1, 0), 3);
 * ```
 */
export function at(x: Tensor, ...index: number[]): number {
  // Loops ask for one number after the other: only what is missing pays for checks.
  const place = x?.shape?.length === index.length ? rowMajor(x, index) : NaN;
  const value = x?.data?.[place];
  if (value !== undefined) return value;
  checkIndices("at", x, index, "");
  return NaN; // not reached: where the indices are right, there is a number
}

/** The place of what has these first indices, counted in parts of its size; NaN where none is. */
function rowMajor({ shape }: Tensor, index: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < index.length; axis++) {
    const i = index[axis];
    if (!(Number.isInteger(i) && i >= 0 && i < shape[axis])) return NaN;
    place = place * shape[axis] + i;
  }
  return place;
}

/**
 * What lies at the first indices: a row of a matrix, an image of a batch.
 *
 * @param x Any shape [A, B, C, ...].
 * @param index Whole numbers from 0, at most one an axis: one leaves [B, C, ...],
 * two leave [C, ...].
 * @returns A copy, without the axes that have an index.
 * @throws {TypeError} More indices than axes.
 * @throws {RangeError} An index outside its axis.
 *
 * @example
 * ```ts
 * import { part, tensor, toNested } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNested(part(tensor([[1, 2], [3, 4]]), 1)), [3, 4]);
 * ```
 */
export function part(x: Tensor, ...index: number[]): Tensor {
  checkIndices("part", x, index, "at most ");
  const shape = x.shape.slice(index.length);
  const size = sizeOf(shape), start = rowMajor(x, index) * size;
  return { shape, data: x.data.slice(start, start + size) };
}

/** Throws unless each index lies inside its axis; with "at most", axes may be left over. */
function checkIndices(
  fn: string,
  x: Tensor,
  index: readonly number[],
  most: "" | "at most ",
): void {
  checkTensor(fn, "x", x);
  const rank = x.shape.length;
  if (most ? index.length > rank : index.length !== rank) {
    throw new TypeError(
      `${fn}() expects ${most}${rank} indices for x ${
        shapeText(x.shape)
      } but found ${
        shown(index)
      }: at() takes one an axis, part() may take fewer`,
    );
  }
  index.forEach((i, axis) => {
    const length = x.shape[axis];
    if (Number.isInteger(i) && i >= 0 && i < length) return;
    if (length === 0) {
      throw new RangeError(
        `${fn}() expects something along axis ${axis} but found x ${
          shapeText(x.shape)
        }: fill it first`,
      );
    }
    throw new RangeError(
      `${fn}() expects a whole index from 0 to ${
        length - 1
      } for axis ${axis} of x ${shapeText(x.shape)} but found ${
        shown(i)
      }: count from 0`,
    );
  });
}

/**
 * A tensor of the same shape and precision, each number made anew.
 *
 * @param x Any shape.
 * @param change Gets a number and its index, one argument an axis; returns the new number.
 * @throws {TypeError} A change that is no function, or that returns no number.
 *
 * @example
 * ```ts
 * import { map, tensor, toNested, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...map(tensor([1, -2]), Math.abs).data], [1, 2]);
 * const diagonal = map(zeros([2, 2]), (_, row, column) => row === column ? 1 : 0);
 * assertEquals(toNested(diagonal), [[1, 0], [0, 1]]);
 * ```
 */
export function map(
  x: Tensor,
  change: (value: number, ...index: number[]) => number,
): Tensor {
  checkTensor("map", "x", x);
  if (typeof change !== "function") {
    throw new TypeError(
      `map() expects a function as change but found ${
        shown(change)
      }: pass such as (value) => 2 * value`,
    );
  }
  const data = roomLike("map", x.data.length, x.data);
  walk(x.shape, x.shape, (i, _, index) => {
    const value = change(x.data[i], ...index);
    if (typeof value !== "number") {
      throw new TypeError(
        `map() expects a change that returns numbers but found ${
          shown(value)
        } at ${shown([...index])}: return a number, such as yes ? 1 : 0`,
      );
    }
    data[i] = value;
  });
  return { shape: [...x.shape], data };
}

/**
 * The difference of two tensors, number by number.
 *
 * @param a Any shape.
 * @param b The same shape; nothing is stretched to fit.
 * @returns The same shape, in the precision of a.
 * @throws {TypeError} Shapes that differ.
 *
 * @example
 * ```ts
 * import { subtract, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...subtract(tensor([10, 20]), tensor([1, 2])).data], [9, 18]);
 * ```
 */
export function subtract(a: Tensor, b: Tensor): Tensor {
  checkAlike("subtract", a, b);
  const data = roomLike("subtract", a.data.length, a.data);
  for (let i = 0; i < data.length; i++) data[i] = a.data[i] - b.data[i];
  return { shape: [...a.shape], data };
}

/**
 * How far two tensors lie apart: the largest difference of two numbers at one
 * place, without its sign.
 *
 * @param a Any shape.
 * @param b The same shape.
 * @returns 0 for equal tensors; NaN where one of them holds NaN.
 * @throws {TypeError} Shapes that differ.
 *
 * @example
 * ```ts
 * import { maxDifference, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(maxDifference(tensor([1, 2, 3]), tensor([1, 4, 2])), 2);
 * ```
 */
export function maxDifference(a: Tensor, b: Tensor): number {
  checkAlike("maxDifference", a, b);
  let most = 0;
  for (let i = 0; i < a.data.length; i++) {
    if (a.data[i] !== b.data[i]) { // infinities may be equal
      most = Math.max(most, Math.abs(a.data[i] - b.data[i]));
    }
  }
  return most;
}

function checkAlike(fn: string, a: Tensor, b: Tensor): void {
  checkTensor(fn, "a", a);
  checkShape(fn, "b", b, a.shape, "reshape it to the shape of a");
}

/**
 * The same numbers with the axes in another order.
 *
 * @param x Any shape.
 * @param permutation Which axis of x comes at each place; the order is turned
 * around unless told, which makes columns of a matrix's rows. -1 is the last axis.
 * @returns A copy [x.shape[permutation[0]], x.shape[permutation[1]], ...].
 * @throws {TypeError} A permutation that does not name each axis once.
 * @throws {RangeError} An axis that x does not have.
 *
 * @example
 * ```ts
 * import { transpose, tensor, toNested, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNested(transpose(tensor([[1, 2, 3], [4, 5, 6]]))), [[1, 4], [2, 5], [3, 6]]);
 * assertEquals(transpose(zeros([2, 28, 28, 3]), [0, 3, 1, 2]).shape, [2, 3, 28, 28]);
 * ```
 */
export function transpose(
  x: Tensor,
  permutation?: readonly number[],
): Tensor {
  checkTensor("transpose", "x", x);
  const axes = permutation === undefined
    ? x.shape.map((_, axis) => axis).reverse()
    : checkAxes("transpose", x, permutation);
  if (axes.length !== x.shape.length) {
    throw new TypeError(
      `transpose() expects a permutation of the ${x.shape.length} axes of x ${
        shapeText(x.shape)
      } but found ${shown(permutation)}: name each axis once`,
    );
  }
  const shape = axes.map((axis) => x.shape[axis]);
  const steps = stepsOf(x.shape);
  const data = roomLike("transpose", x.data.length, x.data);
  walk(shape, axes.map((axis) => steps[axis]), (i, place) => {
    data[i] = x.data[place];
  });
  return { shape, data };
}

/**
 * Lays tensors one below the other along the first axis, such as batches of images.
 *
 * @param parts Tensors [N1, ...], [N2, ...], ..., alike behind the first axis.
 * @returns A copy [N1 + N2 + ..., ...] in the precision of the first.
 * @throws {TypeError} No tensor, one without an axis, or rows of different shapes.
 *
 * @example
 * ```ts
 * import { concatRows, tensor, toNested } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const y = concatRows([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])]);
 * assertEquals(toNested(y), [[1, 2], [3, 4], [5, 6]]);
 * ```
 */
export function concatRows(parts: readonly Tensor[]): Tensor {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new TypeError(
      `concatRows() expects a list of tensors but found ${
        shown(parts)
      }: pass [a, b]`,
    );
  }
  let rows = 0;
  const row = parts[0]?.shape?.slice(1);
  for (const one of parts) {
    checkTensor("concatRows", "each part", one);
    const own = shapeText(one.shape.slice(1));
    if (one.shape.length === 0 || own !== shapeText(row)) {
      throw new TypeError(
        `concatRows() expects parts alike behind the first axis but found ${
          shapeText(parts[0].shape)
        } and ${shapeText(one.shape)}: reshape them first`,
      );
    }
    rows += one.shape[0];
  }
  const data = roomLike("concatRows", rows * sizeOf(row), parts[0].data);
  let offset = 0;
  for (const one of parts) {
    data.set(one.data, offset);
    offset += one.data.length;
  }
  return { shape: [rows, ...row], data };
}
