import {
  maxPool2d,
  maxPool2dBackward,
  type Padding,
  pool2dShape,
} from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { nearTies, quarters, wholeNumbers } from "./random_case.ts";
import { type Exercise, runCheck } from "./run_check.ts";
import type { PoolCase } from "./pooling.ts";
import { maxPoolMistakes } from "./wrong_max_pool.ts";
import { maxPoolBackwardMistakes } from "./wrong_max_pool_backward.ts";

/** Options of the checks of max pooling. */
export interface MaxPoolCheckOptions extends CheckOptions {
  /** "padding" adds cases with padding "same"; none unless told. */
  features?: readonly "padding"[];
}

/** Options that a student's max pooling gets: numbers, never pairs. */
export interface MaxPoolSolutionOptions {
  poolSize: number;
  strides: number;
  padding: Padding;
}

/** A student's max pooling. */
export type MaxPoolSolution = (
  x: Tensor,
  options: MaxPoolSolutionOptions,
) => Tensor | Promise<Tensor>;

/** A student's gradient of max pooling. */
export type MaxPoolBackwardSolution = (
  x: Tensor,
  dy: Tensor,
  options: MaxPoolSolutionOptions,
) => Tensor | Promise<Tensor>;

/**
 * Shapes of the cases, simple ones first. `most` 1 or 2 makes many ties; `near`
 * makes values that almost tie, around that number; `fine` ones that are not whole;
 * `below` moves all far under any number that a maximum may be started at.
 */
const CASES: readonly {
  x: readonly number[];
  poolSize: number;
  strides: number;
  most?: number;
  near?: number;
  fine?: boolean;
  below?: number;
  padding?: Padding;
}[] = [
  { x: [1, 4, 6, 1], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 4, 4, 1], poolSize: 2, strides: 2, most: 1 },
  { x: [2, 4, 6, 3], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 5, 7, 2], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 7, 6, 1], poolSize: 3, strides: 2, most: 50 },
  { x: [1, 9, 8, 2], poolSize: 2, strides: 3, most: 2 },
  { x: [1, 5, 5, 1], poolSize: 3, strides: 1, most: 2 },
  { x: [1, 5, 6, 1], poolSize: 2, strides: 2, most: 50, padding: "same" },
  { x: [1, 4, 5, 2], poolSize: 4, strides: 1, most: 50, padding: "same" },
  { x: [1, 6, 6, 1], poolSize: 3, strides: 2, most: 50, padding: "same" },
  // A stride longer than the window: "same" would need less than no zeros.
  { x: [1, 9, 7, 1], poolSize: 2, strides: 3, most: 50, padding: "same" },
  { x: [2, 4, 3, 2], poolSize: 2, strides: 1, fine: true },
  { x: [2, 5, 6, 2], poolSize: 3, strides: 1, near: 0 },
  { x: [1, 6, 4, 1], poolSize: 2, strides: 2, near: 3 },
  { x: [1, 4, 6, 2], poolSize: 2, strides: 2, most: 50, below: 1e6 },
];

/** Maxima and sums of quarters come out exactly, so near ties can be told. */
const exact = 1e-9;

/** The inputs of the cases; half of the images have only negative values. */
function inputs(
  caller: string,
  options: MaxPoolCheckOptions,
): [Tensor, PoolCase][] {
  const { seed, features } = settleCheck<"padding">(caller, options, {
    known: ["padding"],
    usual: [],
  });
  const stream = random(seed);
  const withPadding = features.includes("padding");
  return CASES.filter(({ padding }) => withPadding || !padding).map(
    ({ x, poolSize, strides, padding = "valid", ...values }, i) => {
      const { most, near, fine, below = 0 } = values;
      const images = fine
        ? quarters(x, stream)
        : near === undefined
        ? wholeNumbers(x, stream, most)
        : nearTies(x, stream, near);
      if (most && (i % 2 === 1 || padding === "same")) {
        images.data.forEach((value, at) => images.data[at] = -Math.abs(value));
      }
      images.data.forEach((value, at) => images.data[at] = value - below);
      const options = { poolSize, strides, ...(withPadding && { padding }) };
      return [images, options];
    },
  );
}

/** The exercise that {@linkcode checkMaxPool} runs. */
export function maxPoolExercise(
  options: MaxPoolCheckOptions,
): Exercise<[Tensor, PoolCase]> {
  return {
    check: "checkMaxPool",
    name: "maxPool2d",
    names: ["x", "options"],
    cases: inputs("checkMaxPool", options),
    expected: maxPool2d,
    tolerance: exact,
    mistakes: maxPoolMistakes,
  };
}

/** The exercise that {@linkcode checkMaxPoolBackward} runs. */
export function maxPoolBackwardExercise(
  options: MaxPoolCheckOptions,
): Exercise<[Tensor, Tensor, PoolCase]> {
  const given = inputs("checkMaxPoolBackward", options);
  const stream = random((options?.seed ?? 1) + 1);
  return {
    check: "checkMaxPoolBackward",
    name: "maxPool2dBackward",
    names: ["x", "dy", "options"],
    cases: given.map(([x, pool]) => [
      x,
      quarters(pool2dShape(x.shape, pool), stream),
      pool,
    ]),
    expected: maxPool2dBackward,
    tolerance: exact,
    mistakes: maxPoolBackwardMistakes,
  };
}

/**
 * Checks a student's max pooling: (x [N, H, W, C], { poolSize, strides }) =>
 * y [N, OH, OW, C]. With the feature "padding" the options also hold `padding`.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: none unless told.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkMaxPool, maxPool2d } from "cnn";
 *
 * await checkMaxPool(maxPool2d, { exercise: "3.1" });
 * ```
 */
export async function checkMaxPool(
  fn: MaxPoolSolution,
  options: MaxPoolCheckOptions,
): Promise<void> {
  await runCheck(fn as never, maxPoolExercise(options), options);
}

/**
 * Checks a student's gradient of max pooling: (x [N, H, W, C],
 * dy [N, OH, OW, C], { poolSize, strides }) => dx [N, H, W, C]. Of equal maxima
 * the first in reading order gets all of dy.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options As for checkMaxPool.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkMaxPoolBackward, maxPool2dBackward } from "cnn";
 *
 * await checkMaxPoolBackward(maxPool2dBackward, { exercise: "3.2" });
 * ```
 */
export async function checkMaxPoolBackward(
  fn: MaxPoolBackwardSolution,
  options: MaxPoolCheckOptions,
): Promise<void> {
  await runCheck(fn as never, maxPoolBackwardExercise(options), options);
}
