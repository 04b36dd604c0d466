import type { Data } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import {
  boxes,
  caption,
  gridTrace,
  numbers,
  panel,
  type Place,
  sentence,
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
import { strokes } from "./traces.ts";

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
  const { cell } = scene;
  const xRange = colourRange(x.data);
  const dyRange = colourRange(dy.data);
  const dxRange = colourRange(steps.flatMap((step) => step.dx.flat()));
  return filmFigure({
    title,
    scene,
    captions: [
      caption("input", scene.input, x.shape[1]),
      caption("output's gradient", scene.dy, dy.shape[1]),
      caption("input's gradient", scene.dx, x.shape[1]),
    ],
    still: [
      panel(given, scene.input, xRange),
      numbers(given, scene.input, xRange, cell),
      panel(asked, scene.dy, dyRange),
      numbers(asked, scene.dy, dyRange, cell),
      gridTrace([[given, scene.input], [asked, scene.dy], [given, scene.dx]]),
    ],
    moving: steps.map((step) => movingTraces(step, scene, dxRange)),
    steps,
    milliseconds: 1200,
    summary: `Animation of the gradient of ${kind} pooling over ${
      x.shape.join(" x ")
    } cells, ${steps.length} windows`,
  });
}

/** Where the three panels lie. */
interface Scene {
  input: Place;
  dy: Place;
  dx: Place;
  width: number;
  height: number;
  /** Screen pixels of a cell. */
  cell: number;
  /** Whether the two gradients stand side by side; else one below the other. */
  beside: boolean;
  /** Rows and columns of the output's gradient. */
  rows: number;
  columns: number;
}

/**
 * Input, output's gradient and input's gradient from left to right; the last one
 * below the second where all of that would be too wide to read.
 */
function sceneOf(x: Tensor, dy: Tensor): Scene {
  const gap = 2;
  const head = 0.8; // room for the captions
  const [height, width] = x.shape;
  const [rows, columns] = dy.shape;
  const middle = Math.max(columns, 2);
  const left = width + gap;
  const across = left + middle + gap + width;
  const beside = isReadable(across);
  const body = beside ? Math.max(height, rows) : rows + gap + height;
  const column = beside ? middle : Math.max(middle, width);
  const whole = beside ? across : left + column;
  return {
    input: { left: 0, top: head + (beside ? 0 : (body - height) / 2) },
    dy: {
      left: left + (column - columns) / 2,
      top: head + (beside ? (body - rows) / 2 : 0),
    },
    dx: beside
      ? { left: left + middle + gap, top: head }
      : { left: left + (column - width) / 2, top: head + rows + gap },
    width: whole,
    height: head + body + 1.2,
    cell: cellSize(whole),
    beside,
    rows,
    columns,
  };
}

/** What changes from window to window, always in the same order. */
function movingTraces(step: PoolStep, scene: Scene, range: Range): Data[] {
  const { orange, vermillion } = okabeIto;
  return [
    panel(step.dx, scene.dx, range),
    numbers(step.dx, scene.dx, range, scene.cell),
    boxes(step.cells, scene.input, orange),
    arrows(step, scene),
    boxes([[step.row, step.column]], scene.dy, orange),
    boxes(step.receivers, scene.input, vermillion),
    boxes(step.receivers, scene.dx, vermillion),
    sentence(step.line, scene.height - 0.8, 15),
  ];
}

/** Lines between the gradients, from the output's cell to each row or column that receives. */
function arrows(
  { row, column, receivers }: PoolStep,
  { dy, dx, beside, rows, columns }: Scene,
): Data {
  const ends = [...new Set(receivers.map(([i, j]) => beside ? i : j))].map(
    (to): [number, number, number, number] =>
      beside
        ? [
          dy.left + columns + 0.15,
          dy.top + row + 0.5,
          dx.left - 0.15,
          dx.top + to + 0.5,
        ]
        : [
          dy.left + column + 0.5,
          dy.top + rows + 0.15,
          dx.left + to + 0.5,
          dx.top - 0.15,
        ],
  );
  return strokes(ends, { color: okabeIto.vermillion, width: 1.5, dash: "dot" });
}
