/**
 * Class numbers: which kinds of lists they come in, and that none wraps.
 *
 * A byte holds classes up to 255 only, and a typed array stores another number
 * than the one it is given without a word, so every list is made here.
 *
 * @module
 */
import { shown } from "./options.ts";
import type { ClassNumbers } from "./reduce.ts";

export type { ClassNumbers };

/** Class numbers from 0, as they may be given. */
export type Labels = ClassNumbers | Int32Array | readonly number[];

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Int32Array, Array];

/** The most that a list of class numbers can hold. */
const MOST = 2 ** 32 - 1;

/** Throws unless these are class numbers, in a kind of list that is taken. */
export function checkKind(caller: string, labels: Labels): void {
  if (!KINDS.some((kind) => labels instanceof kind)) {
    throw new TypeError(
      `${caller}() expects labels in a Uint8Array, Uint16Array, Uint32Array, Int32Array or list of numbers but found ${
        shown(labels)
      }: make them with Uint32Array.from()`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (Number.isInteger(label) && label >= 0 && label <= MOST) continue;
    throw new RangeError(
      `${caller}() expects labels that are whole numbers of 0 or more but found ${
        shown(label)
      } at place ${i}: classes are counted from 0`,
    );
  }
}

/** Throws unless each number is that of one of the classes. */
export function checkClasses(
  caller: string,
  what: "labels" | "whole labels" | "classes",
  numbers: ArrayLike<number>,
  classes: number,
  remedy: string,
): void {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    if (Number.isInteger(number) && number >= 0 && number < classes) continue;
    throw new RangeError(
      `${caller}() expects ${what} from 0 to ${classes - 1} but found ${
        shown(number)
      } at place ${i}: ${remedy}`,
    );
  }
}

/** The labels at these places, in a kind that holds every label of the whole. */
export function pickLabels(
  labels: Labels,
  places: ArrayLike<number>,
): ClassNumbers {
  const n = places.length;
  const picked = labels instanceof Uint8Array
    ? new Uint8Array(n)
    : labels instanceof Uint16Array
    ? new Uint16Array(n)
    : new Uint32Array(n);
  for (let i = 0; i < n; i++) picked[i] = labels[places[i]];
  return picked;
}
