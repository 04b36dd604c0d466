import type { Data, Frame, Layout } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import {
  boxes,
  caption,
  gridTrace,
  numbers,
  panel,
  type Place,
  type Range,
} from "./cell_panels.ts";
import { okabeIto } from "./colours.ts";
import { type Figure, figure } from "./figure.ts";
import { cellSize, film, isReadable } from "./film.ts";
import { colourRange, rowsOf } from "./matrix.ts";
import { player } from "./player.ts";
import {
  type PoolGradientOptions,
  type PoolStep,
  stepsOf,
} from "./pool_steps.ts";

/** The three panels and what they hold. */
interface Scene {
  input: Place;
  dy: Place;
  dx: Place;
  width: number;
  height: number;
  /** Whether the two gradients stand side by side; else one below the other. */
  beside: boolean;
  /** Rows and columns of the output's gradient. */
  rows: number;
  columns: number;
  /** Screen pixels of a cell. */
  cell: number;
  ranges: { input: Range; dy: Range; dx: Range };
}

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
  const scene = sceneOf(x, dy, steps);
  const still = [
    panel(given, scene.input, scene.ranges.input),
    numbers(given, scene.input, scene.ranges.input, scene.cell),
    panel(asked, scene.dy, scene.ranges.dy),
    numbers(asked, scene.dy, scene.ranges.dy, scene.cell),
    gridTrace([[given, scene.input], [asked, scene.dy], [given, scene.dx]]),
  ];
  const moving = steps.map((step) => movingTraces(step, scene));
  const traces = moving[0].map((_, i) => still.length + i);
  const frames: Partial<Frame>[] = moving.map((data, n) => ({
    name: String(n + 1),
    data,
    traces,
  }));
  const { layout, width, height } = film(scene, title);
  return figure({
    data: [...still, ...moving[0]],
    frames,
    config: { displayModeBar: false },
    layout: {
      ...layout,
      annotations: [
        caption("input", scene.input, x.shape[1]),
        caption("output's gradient", scene.dy, dy.shape[1]),
        caption("input's gradient", scene.dx, x.shape[1]),
      ],
      ...player(
        steps.map((step) => `row ${step.row}, column ${step.column}`),
        { width, height, prefix: "output ", milliseconds: 1200 },
      ),
    } as Partial<Layout>,
    summary: `Animation of the gradient of ${kind} pooling over ${
      x.shape[0]
    } x ${x.shape[1]} cells, ${steps.length} windows${
      title ? `: ${title}` : ""
    }`,
  });
}

/**
 * Input, output's gradient and input's gradient from left to right; the last one
 * below the second where all of that would be too wide to read.
 */
function sceneOf(x: Tensor, dy: Tensor, steps: readonly PoolStep[]): Scene {
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
    beside,
    rows,
    columns,
    cell: cellSize(whole),
    ranges: {
      input: colourRange(x.data),
      dy: colourRange(dy.data),
      dx: colourRange(steps.flatMap((step) => step.dx.flat())),
    },
  };
}

/** What changes from window to window, always in the same order. */
function movingTraces(step: PoolStep, scene: Scene): Data[] {
  return [
    panel(step.dx, scene.dx, scene.ranges.dx),
    numbers(step.dx, scene.dx, scene.ranges.dx, scene.cell),
    boxes(step.cells, scene.input, okabeIto.orange),
    arrows(step, scene),
    boxes([[step.row, step.column]], scene.dy, okabeIto.orange),
    boxes(step.receivers, scene.input, okabeIto.vermillion),
    boxes(step.receivers, scene.dx, okabeIto.vermillion),
    {
      type: "scatter",
      mode: "text",
      x: [0],
      y: [scene.height - 0.8],
      text: [step.line],
      textposition: "bottom right",
      textfont: { size: 15 },
      cliponaxis: false,
      hoverinfo: "skip",
    },
  ];
}

/** Lines between the gradients, from the output's cell to each row or column that receives. */
function arrows(
  step: PoolStep,
  { dy, dx, beside, rows, columns }: Scene,
): Data {
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  if (beside) {
    for (const row of new Set(step.receivers.map(([i]) => i))) {
      x.push(dy.left + columns + 0.15, dx.left - 0.15, null);
      y.push(dy.top + step.row + 0.5, dx.top + row + 0.5, null);
    }
  } else {
    for (const column of new Set(step.receivers.map(([, j]) => j))) {
      x.push(dy.left + step.column + 0.5, dx.left + column + 0.5, null);
      y.push(dy.top + rows + 0.15, dx.top - 0.15, null);
    }
  }
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: okabeIto.vermillion, width: 1.5, dash: "dot" },
    hoverinfo: "skip",
  };
}
