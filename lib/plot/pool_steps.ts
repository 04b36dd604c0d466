/** The way of a gradient back through a pooling, window by window. */
import {
  avgPool2dBackward,
  maxPool2dBackward,
  type Pool2dOptions,
} from "../layers/mod.ts";
import { pool2dSizes } from "../layers/pool2d_shape.ts";
import { checkWord, settle } from "../base/options.ts";
import { reshape, shapeText, type Tensor, zeros } from "../base/tensor.ts";
import { checkText } from "../base/arguments.ts";
import { checkPatch, checkPlane, rowsOf } from "./matrix.ts";
import { texts } from "./sliding_steps.ts";

/** The options of the pooling, and which one it is: "max" unless told. */
export type PoolGradientOptions = Pool2dOptions & {
  kind?: "max" | "average";
  title?: string;
};

/** One window: who is below it, who receives its gradient, and the sum so far. */
export interface PoolStep {
  /** The output cell whose gradient is handed back. */
  row: number;
  column: number;
  /** The input cells below the window: [row, column]. */
  cells: [number, number][];
  /** Those of them that receive something. */
  receivers: [number, number][];
  /** The input's gradient after this window. */
  dx: number[][];
  /** What happens, in one sentence. */
  line: string;
}

/**
 * Every window of a pooling with the pixels that receive its gradient.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param dy Gradient of the loss at the output [OH, OW].
 * @param options `kind` "max" or "average"; `poolSize`, `strides`, `padding` as
 * for maxPool2d.
 * @throws {TypeError} Another number of axes, NaN, or a dy of another shape.
 * @throws {RangeError} An input too large to read.
 *
 * @example
 * ```ts
 * import { poolSteps, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 5], [5, 2]]);
 * const [step] = poolSteps(x, tensor([[7]]));
 * assertEquals(step.dx, [[0, 7], [0, 0]]); // of equal maxima, the first
 * ```
 */
export function poolSteps(
  x: Tensor,
  dy: Tensor,
  options: PoolGradientOptions = {},
): PoolStep[] {
  return stepsOf("poolSteps", x, dy, options);
}

/** The same for `fn`, whose name the messages bear. */
export function stepsOf(
  fn: string,
  x: Tensor,
  dy: Tensor,
  options: PoolGradientOptions,
): PoolStep[] {
  checkPatch(fn, "input", x);
  checkPlane(dy, "dy", fn);
  const { kind, title, ...pool } = settle(fn, options, {
    kind: "max",
    title: undefined,
    poolSize: undefined,
    strides: undefined,
    padding: undefined,
  });
  checkWord(fn, "kind", kind, ["max", "average"]);
  if (title !== undefined) checkText(fn, "title", title);
  const image = reshape(x, [1, ...x.shape, 1]);
  const { outH: oh, outW: ow } = pool2dSizes(fn, image.shape, pool);
  if (dy.shape[0] !== oh || dy.shape[1] !== ow) {
    throw new TypeError(
      `${fn}() expects dy ${shapeText([oh, ow])} but found ${
        shapeText(dy.shape)
      }: the gradient has the shape of the pooling's output`,
    );
  }
  const xText = texts(rowsOf(x));
  const dyText = texts(rowsOf(dy));
  const dx = zeros(x.shape, "float64");
  return Array.from({ length: oh * ow }, (_, n) => {
    // A gradient of 1 for this window alone shows who is below, and who receives.
    const alone = zeros([1, oh, ow, 1], "float64");
    alone.data[n] = 1;
    const means = avgPool2dBackward(image, alone, pool);
    const shares = kind === "max"
      ? maxPool2dBackward(image, alone, pool)
      : means;
    shares.data.forEach((share, i) => dx.data[i] += share * dy.data[n]);
    const [row, column] = [Math.floor(n / ow), n % ow];
    const cells = nonZero(means, x.shape[1]);
    const receivers = nonZero(shares, x.shape[1]);
    const given = dyText[row][column];
    const value = ([i, j]: [number, number]) => x.data[i * x.shape[1] + j];
    const equal = cells.filter((cell) => value(cell) === value(receivers[0]));
    const [i, j] = receivers[0];
    const line = kind === "average"
      ? `${cells.length} pixels share: each gets ${given} / ${cells.length}`
      : (equal.length > 1
        ? `${equal.length} pixels hold the maximum ${
          xText[i][j]
        }: the first, in`
        : `The maximum is ${xText[i][j]}: its pixel, in`) +
        ` row ${i}, column ${j}, gets all of ${given}`;
    return { row, column, cells, receivers, dx: rowsOf(dx), line };
  });
}

/** Rows and columns of the values that are not 0. */
function nonZero(image: Tensor, width: number): [number, number][] {
  return Array.from(image.data).flatMap((value, i) =>
    value === 0 ? [] : [[Math.floor(i / width), i % width] as [number, number]]
  );
}
