/** Axes of a tensor: which are meant, and a walk over every place. */
import { shown } from "./options.ts";
import { shapeText, sizeOf } from "./shape.ts";

/** How far apart neighbours along each axis lie in row-major order. */
export function stepsOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/**
 * Visits every place of `shape` in row-major order.
 *
 * @param steps How far a second place moves with each axis; 0 where it stays.
 * @param visit Gets the number of the visit, that second place and the index,
 * which is one list that changes.
 */
export function walk(
  shape: readonly number[],
  steps: readonly number[],
  visit: (i: number, place: number, index: readonly number[]) => void,
): void {
  const size = sizeOf(shape);
  const index = shape.map(() => 0);
  let place = 0;
  for (let i = 0; i < size; i++) {
    visit(i, place, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis];
      if (++index[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/**
 * The axes that are meant, counted from 0: -1 is the last.
 *
 * @throws {TypeError} No list; an axis named twice.
 * @throws {RangeError} An axis that x does not have.
 */
export function checkAxes(
  fn: string,
  x: { readonly shape: readonly number[] },
  axes: readonly number[],
): number[] {
  const rank = x.shape.length;
  if (!Array.isArray(axes)) {
    throw new TypeError(
      `${fn}() expects a list of axes but found ${
        shown(axes)
      }: pass such as [1] or [1, 2]`,
    );
  }
  const found = axes.map((axis) => {
    if (Number.isInteger(axis) && axis >= -rank && axis < rank) {
      return axis < 0 ? axis + rank : axis;
    }
    throw new RangeError(
      `${fn}() expects axes of x ${shapeText(x.shape)} but found ${
        shown(axis)
      }: ${
        rank ? `count from 0 to ${rank - 1}, or from -1 back` : "it has none"
      }`,
    );
  });
  if (new Set(found).size < found.length) {
    throw new TypeError(
      `${fn}() expects each axis once but found ${shown(axes)}: leave one out`,
    );
  }
  return found;
}
