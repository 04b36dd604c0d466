/**
 * Many numbers to one: sums, means and the place of the largest.
 *
 * @module
 */
import { checkTensor, room, roomLike, shapeText, sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { checkAxes, stepsOf, walk } from "./walk.ts";

/** Whole numbers from 0, such as classes, in a list no wider than needed. */
export type ClassNumbers = Uint8Array | Uint16Array | Uint32Array;

/** Room for `n` classes from 0 to `classes - 1`. */
function classNumbers(n: number, classes: number): ClassNumbers {
  if (classes <= 2 ** 8) return new Uint8Array(n);
  return classes <= 2 ** 16 ? new Uint16Array(n) : new Uint32Array(n);
}

/**
 * The sum of all numbers, or sums over some axes.
 *
 * It is added up in double precision.
 *
 * @param x Any shape.
 * @param axes The axes to add over, such as [1, 2], -1 the last; all unless told.
 * @returns A number; with axes a tensor without them, in the precision of x.
 * @throws {TypeError} No tensor, or no list of axes; an axis named twice.
 * @throws {RangeError} An axis that x does not have.
 *
 * @example
 * ```ts
 * import { sum, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(sum(x), 21);
 * assertEquals([...sum(x, [0]).data], [5, 7, 9]);
 * assertEquals([...sum(x, [-1]).data], [6, 15]);
 * ```
 */
export function sum(x: Tensor): number;
export function sum(x: Tensor, axes: readonly number[]): Tensor;
export function sum(
  x: Tensor,
  axes?: readonly number[],
): number | Tensor {
  return collected("sum", x, axes);
}

/**
 * The mean of all numbers, or means over some axes.
 *
 * @param x Any shape.
 * @param axes The axes to average over, such as [1, 2], -1 the last; all unless told.
 * @returns A number; with axes a tensor without them, in the precision of x.
 * @throws {TypeError} No tensor, or no list of axes; an axis named twice.
 * @throws {RangeError} An axis that x does not have; no number to average.
 *
 * @example
 * ```ts
 * import { mean, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(mean(x), 3.5);
 * assertEquals([...mean(x, [0]).data], [2.5, 3.5, 4.5]);
 * ```
 */
export function mean(x: Tensor): number;
export function mean(x: Tensor, axes: readonly number[]): Tensor;
export function mean(
  x: Tensor,
  axes?: readonly number[],
): number | Tensor {
  return collected("mean", x, axes);
}

/** Sums or means over axes; over all of them it is a number. */
function collected(
  fn: "sum" | "mean",
  x: Tensor,
  axes?: readonly number[],
): number | Tensor {
  checkTensor(fn, "x", x);
  const over = axes === undefined
    ? x.shape.map((_, axis) => axis)
    : checkAxes(fn, x, axes);
  const { shape, steps } = without(x.shape, over);
  const totals = room(fn, sizeOf(shape), "float64");
  walk(x.shape, steps, (i, place) => totals[place] += x.data[i]);
  if (fn === "mean") {
    const count = sizeOf(over.map((axis) => x.shape[axis]));
    checkSome(fn, count, x);
    for (let i = 0; i < totals.length; i++) totals[i] /= count;
  }
  if (axes === undefined) return totals[0];
  const data = roomLike(fn, totals.length, x.data);
  data.set(totals);
  return { shape, data };
}

/**
 * Where the largest number lies; the first of equals.
 *
 * Along an axis the answer is a list like labels: the class that each row of
 * logits says is `argMax(logits, 1)`.
 *
 * @param x Any shape, without NaN.
 * @param axis The axis along which to look, -1 the last; all numbers in a row unless told.
 * @returns The place among all numbers in row-major order; with an axis an index
 * along it for each place of the other axes, in row-major order.
 * @throws {TypeError} No tensor.
 * @throws {RangeError} An axis that x does not have; no number to look at; NaN.
 *
 * @example
 * ```ts
 * import { argMax, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const logits = tensor([[1, 9, 2], [7, 3, 5]]);
 * assertEquals(argMax(logits), 1);
 * assertEquals([...argMax(logits, 1)], [1, 0]);
 * ```
 */
export function argMax(x: Tensor): number;
export function argMax(x: Tensor, axis: number): ClassNumbers;
export function argMax(x: Tensor, axis?: number): number | ClassNumbers {
  checkTensor("argMax", "x", x);
  const nan = x.data.findIndex((value: number) => Number.isNaN(value));
  if (nan !== -1) {
    throw new RangeError(
      `argMax() expects numbers but found NaN at place ${nan} of x ${
        shapeText(x.shape)
      }: find out where it arose`,
    );
  }
  if (axis !== undefined) return largest(x, checkAxes("argMax", x, [axis])[0]);
  checkSome("argMax", x.data.length, x);
  return largest({ shape: [x.data.length], data: x.data }, 0)[0];
}

/** Index along `axis` of the largest number; the first of equals. */
function largest(x: Tensor, axis: number): ClassNumbers {
  const length = x.shape[axis];
  checkSome("argMax", length, x);
  const { shape, steps } = without(x.shape, [axis]);
  const found = classNumbers(sizeOf(shape), length);
  const most = room("argMax", found.length, "float64").fill(-Infinity);
  const step = stepsOf(x.shape)[axis];
  walk(x.shape, steps, (i, place) => {
    if (x.data[i] > most[place]) {
      most[place] = x.data[i];
      found[place] = Math.floor(i / step) % length;
    }
  });
  return found;
}

/** The shape without some axes, and the steps of the whole shape in it. */
function without(shape: readonly number[], axes: readonly number[]) {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  const rest = stepsOf(kept);
  const steps = shape.map((_, axis) => axes.includes(axis) ? 0 : rest.shift()!);
  return { shape: kept, steps };
}

/** Throws unless there is a number to look at. */
function checkSome(fn: string, count: number, x: Tensor): void {
  if (count > 0) return;
  throw new RangeError(
    `${fn}() expects at least one number but found x ${
      shapeText(x.shape)
    }: fill it first`,
  );
}
