import type { Data } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import {
  arrange,
  boxes,
  gridTrace,
  numbered,
  type Panel,
  sentence,
  type Size,
} from "./cell_panels.ts";
import { okabeIto } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { cellSize, filmFigure, isReadable } from "./film.ts";
import { colourRange, type Range, rowsOf } from "./matrix.ts";
import {
  type PoolGradientOptions,
  type PoolStep,
  stepsOf,
} from "./pool_steps.ts";
import { type Stroke, strokes } from "./traces.ts";

/**
 * The gradient of a pooling as an animation: window by window, it shows which
 * input pixels receive the output's gradient, and how the sums grow.
 *
 * The slider and the buttons run in the reader's browser, without the kernel.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param dy Gradient of the loss at the output [OH, OW].
 * @param options `kind` "max" or "average"; `poolSize`, `strides`, `padding` as
 * for maxPool2d; `title`.
 * @throws {TypeError} Another number of axes, NaN, or a dy of another shape.
 * @throws {RangeError} An input too large to read.
 *
 * @example
 * ```ts
 * import { poolGradient, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2, 0, 3], [4, 0, 3, 1]]);
 * const film = poolGradient(x, tensor([[5, 6]]));
 * assertEquals(film.frames?.length, 2);
 * ```
 */
export function poolGradient(
  x: Tensor,
  dy: Tensor,
  options: PoolGradientOptions = {},
): Figure {
  const steps = stepsOf("poolGradient", x, dy, options);
  const { kind = "max", title } = options;
  const [given, asked] = [rowsOf(x), rowsOf(dy)];
  const scene = sceneOf(x, dy);
  const panels: Panel[] = [
    ["input", given, scene.input],
    ["output's gradient", asked, scene.dy],
    ["input's gradient", given, scene.dx],
  ];
  const dxRange = colourRange(steps.flatMap((step) => step.dx.flat()));
  return filmFigure({
    title,
    scene,
    panels,
    still: [
      ...numbered(given, scene.input, scene.cell),
      ...numbered(asked, scene.dy, scene.cell),
      gridTrace(panels),
    ],
    moving: steps.map((step) => movingTraces(step, scene, dxRange)),
    steps,
    milliseconds: 1200,
    summary: `Animation of the gradient of ${kind} pooling over ${
      x.shape.join(" x ")
    } cells, ${steps.length} windows`,
  });
}

/**
 * Input, output's gradient and input's gradient from left to right; the last one
 * below the second where all of that would be too wide to read.
 */
function sceneOf(x: Tensor, dy: Tensor) {
  const input: Size = [x.shape[0], x.shape[1]];
  const output: Size = [dy.shape[0], dy.shape[1]];
  const wide = arrange([[input], [output], [input]], [0, 2, 0], 0.8, 2);
  const beside = isReadable(wide.width);
  const { places, width, bottom } = beside
    ? wide
    : arrange([[input], [output, input]], [0, 2], 0.8, 2);
  return {
    input: places[0],
    dy: places[1],
    dx: places[2],
    width,
    height: bottom + 1.2,
    cell: cellSize(width),
    beside, // whether the two gradients stand side by side
    output,
  };
}

type Scene = ReturnType<typeof sceneOf>;

/** What changes from window to window, always in the same order. */
function movingTraces(step: PoolStep, scene: Scene, range: Range): Data[] {
  const { orange, vermillion } = okabeIto;
  return [
    ...numbered(step.dx, scene.dx, scene.cell, range),
    boxes(step.cells, scene.input, orange),
    arrows(step, scene),
    boxes([[step.row, step.column]], scene.dy, orange),
    boxes(step.receivers, scene.input, vermillion),
    boxes(step.receivers, scene.dx, vermillion),
    sentence(step.line, scene.height - 0.8, 15),
  ];
}

/** Lines between the gradients, from the output's cell to each row or column that receives. */
function arrows(step: PoolStep, { dy, dx, beside, output }: Scene): Data {
  const [rows, columns] = output;
  const to = new Set(step.receivers.map(([i, j]) => beside ? i : j));
  const from = {
    right: dy.left + columns + 0.15,
    bottom: dy.top + rows + 0.15,
    row: dy.top + step.row + 0.5,
    column: dy.left + step.column + 0.5,
  };
  const ends = Array.from(
    to,
    (k): Stroke =>
      beside
        ? [from.right, from.row, dx.left - 0.15, dx.top + k + 0.5]
        : [from.column, from.bottom, dx.left + k + 0.5, dx.top - 0.15],
  );
  return strokes(ends, { color: okabeIto.vermillion, width: 1.5, dash: "dot" });
}
