/** The way of a gradient back through a pooling, window by window. */
import {
  avgPool2dBackward,
  maxPool2dBackward,
  type Pool2dOptions,
} from "../layers/mod.ts";
import { pool2dSizes } from "../layers/pool2d.ts";
import { checkGiven, checkText } from "../base/arguments.ts";
import { checkWord, settle, unset } from "../base/options.ts";
import { reshape, shapeText, type Tensor, zeros } from "../base/tensor.ts";
import { fixedRows } from "./cell_texts.ts";
import { checkPatch, checkPlane, rowsOf } from "./matrix.ts";

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
  checkPatch(fn, x);
  checkPlane(fn, "a dy", dy);
  const { kind, title, ...pool } = settle(fn, options, {
    kind: "max",
    ...unset("title", "poolSize", "strides", "padding"),
  });
  checkWord(fn, "kind", kind, ["max", "average"]);
  checkGiven(checkText, fn, { title });
  const image = reshape(x, [1, ...x.shape, 1]);
  const { outH, outW } = pool2dSizes(fn, image.shape, pool);
  if (dy.shape[0] !== outH || dy.shape[1] !== outW) {
    throw new TypeError(
      `${fn}() expects dy ${shapeText([outH, outW])} but found ${
        shapeText(dy.shape)
      }: the gradient has the shape of the pooling's output`,
    );
  }
  const given = rowsOf(x);
  const xText = fixedRows(given);
  const dyText = fixedRows(rowsOf(dy)).flat();
  const dx = zeros(x.shape, "float64");
  return Array.from({ length: outH * outW }, (_, n) => {
    // A gradient of 1 for this window alone shows who is below, and who receives.
    const alone = zeros([1, outH, outW, 1], "float64");
    alone.data[n] = 1;
    const means = avgPool2dBackward(image, alone, pool);
    const shares = kind === "max"
      ? maxPool2dBackward(image, alone, pool)
      : means;
    shares.data.forEach((share, i) => dx.data[i] += share * dy.data[n]);
    const cells = nonZero(means, x.shape[1]);
    const receivers = nonZero(shares, x.shape[1]);
    const [i, j] = receivers[0];
    const equal = cells.filter(([a, b]) => given[a][b] === given[i][j]).length;
    const which = equal > 1
      ? `${equal} pixels hold the maximum ${xText[i][j]}: the first,`
      : `The maximum is ${xText[i][j]}: its pixel,`;
    const line = kind === "average"
      ? `${cells.length} pixels share: each gets ${dyText[n]} / ${cells.length}`
      : `${which} in row ${i}, column ${j}, gets all of ${dyText[n]}`;
    return {
      row: Math.floor(n / outW),
      column: n % outW,
      cells,
      receivers,
      dx: rowsOf(dx),
      line,
    };
  });
}

/** Rows and columns of the values that are not 0. */
function nonZero(image: Tensor, width: number): [number, number][] {
  return Array.from(image.data).flatMap((value, i) =>
    value === 0 ? [] : [[Math.floor(i / width), i % width] as [number, number]]
  );
}
