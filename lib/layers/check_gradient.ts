import { checkSeed, settle } from "../base/options.ts";
import { permutation } from "../base/random.ts";
import { checkRange } from "../base/range.ts";
import { streamFor } from "../base/stream.ts";
import { cast, shapeText, type Tensor } from "../base/tensor.ts";
import { checkShape, checkTensor, shown } from "../base/check.ts";

/** What checkGradient() compares, and how closely. */
export interface CheckGradientOptions {
  /** The gradient under test, like x. */
  analytic: Tensor;
  /** Gradient of the loss for the function's output, where that is a tensor; ones unless told. */
  dy?: Tensor;
  /** Largest relative error allowed; 1e-6 unless told. */
  tolerance?: number;
  /** Step to each side of a value; 1e-5 unless told. */
  epsilon?: number;
  /** Number of values to try, chosen by `seed`; all unless told. */
  samples?: number;
  /** Which values `samples` chooses; 1 unless told. */
  seed?: number;
  /** Name of the function in the error; its own unless told. */
  name?: string;
}

/**
 * Compares a gradient with central differences in float64.
 *
 * Each value of x moves a little to both sides, and the change of the loss is
 * set against the analytic gradient. The loss is what `fn` returns, or, where
 * that is a tensor y, the sum of y * dy. Relative error as in CS231n:
 * |found - expected| / max(1e-8, |found| + |expected|).
 *
 * @param fn Any function of x that gives a number or a tensor; it gets float64.
 * @param x Where the gradient is taken; stay a few epsilon away from corners (a
 * ReLU's 0, a tie in a max pool).
 * @param options `analytic`, the gradient to check, and how closely.
 * @returns The largest relative error found.
 * @throws {Error} A gradient off by more than the tolerance; the message names
 * the function, the index, the expected and the found value.
 * @throws {TypeError} Shapes that do not fit; an unknown option.
 * @throws {RangeError} A loss that is no finite number; settings out of range.
 *
 * @example
 * ```ts
 * import { checkGradient, conv2d, conv2dBackward, randomNormal } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const x = randomNormal([1, 4, 4, 2], 1, { dtype: "float64" });
 * const kernel = randomNormal([3, 3, 2, 3], 2, { dtype: "float64" });
 * const dy = randomNormal([1, 2, 2, 3], 3, { dtype: "float64" });
 * const { dKernel } = conv2dBackward(x, kernel, dy);
 * const error = checkGradient((k) => conv2d(x, k), kernel, {
 *   analytic: dKernel,
 *   dy,
 *   tolerance: 1e-6,
 * });
 * assert(error < 1e-6);
 * ```
 */
export function checkGradient(
  fn: (x: Tensor) => number | Tensor,
  x: Tensor,
  options: CheckGradientOptions,
): number {
  if (typeof fn !== "function") {
    throw new TypeError(
      `checkGradient() expects a function of x but found ${
        shown(fn)
      }: write (x) => conv2d(x, kernel)`,
    );
  }
  const { analytic, dy, tolerance, epsilon, name, places } = checkSettings(
    fn.name || "f",
    x,
    options,
  );
  const point = cast(x, "float64");
  let largest = 0;
  for (const i of places) {
    const value = point.data[i];
    const above = value + epsilon;
    const below = value - epsilon;
    point.data[i] = above;
    const high = fn({ ...point, data: point.data.slice() });
    point.data[i] = below;
    const low = fn({ ...point, data: point.data.slice() });
    point.data[i] = value;
    const place = shapeText(indexOf(i, x.shape));
    // The step that the rounded numbers really took.
    const expected = change(high, low, dy, place) / (above - below);
    const found = analytic.data[i];
    const error = Math.abs(found - expected) /
      Math.max(1e-8, Math.abs(found) + Math.abs(expected));
    if (!(error <= tolerance)) {
      throw new Error(
        `checkGradient() expects d ${name} / d x${place} = ${expected} but found ${found}: relative error ${
          error.toExponential(2)
        } is above ${tolerance}`,
      );
    }
    largest = Math.max(largest, error);
  }
  return largest;
}

/** Change of the loss; summed by differences, which loses fewer digits. */
function change(
  high: number | Tensor,
  low: number | Tensor,
  dy: Tensor | undefined,
  place: string,
): number {
  let sum = 0;
  if (typeof high === "number" && typeof low === "number") sum = high - low;
  else if (typeof high === "object" && typeof low === "object") {
    checkTensor("checkGradient", "the function's output", high);
    if (dy !== undefined) {
      const remedy = "dy has the shape of the function's output";
      checkShape("checkGradient", "dy", dy, high.shape, remedy);
    }
    for (let i = 0; i < high.data.length; i++) {
      sum += (high.data[i] - low.data[i]) * (dy === undefined ? 1 : dy.data[i]);
    }
  } else {
    throw new TypeError(
      `checkGradient() expects a function that gives a number or a tensor but found ${typeof high}: return the loss`,
    );
  }
  if (!Number.isFinite(sum)) {
    throw new RangeError(
      `checkGradient() expects a finite loss but found a change of ${sum} at x${place}: look for NaN in the function`,
    );
  }
  return sum;
}

/** The settings, checked, and the places of x to try, in order. */
function checkSettings(own: string, x: Tensor, options: CheckGradientOptions) {
  const fn = "checkGradient";
  checkTensor(fn, "x", x);
  const settings = settle(fn, options, {
    analytic: undefined,
    dy: undefined,
    tolerance: 1e-6,
    epsilon: 1e-5,
    samples: undefined,
    seed: 1,
    name: own,
  });
  const { analytic, tolerance, epsilon, samples, seed, name } = settings;
  checkShape(fn, "analytic", analytic, x.shape, "one number for each x");
  const small = { above: 0, below: 1, remedy: "pass such as 1e-5" };
  checkRange(fn, "tolerance", tolerance, small);
  checkRange(fn, "epsilon", epsilon, small);
  if (samples !== undefined && !(Number.isInteger(samples) && samples > 0)) {
    throw new RangeError(
      `${fn}() expects samples of 1 or more, whole, but found ${
        shown(samples)
      }: leave it out to try all`,
    );
  }
  if (typeof name !== "string") {
    throw new TypeError(
      `${fn}() expects a text as the name but found ${
        shown(name)
      }: write "conv2d"`,
    );
  }
  checkSeed(fn, seed);
  const places = samples === undefined
    ? Uint32Array.from(x.data, (_, i) => i)
    : permutation(x.data.length, streamFor(seed, "places")).slice(0, samples);
  return { ...settings, places };
}

/** Index along each axis of the number at place `i`. */
function indexOf(i: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(i % shape[axis]);
    i = Math.floor(i / shape[axis]);
  }
  return index;
}
