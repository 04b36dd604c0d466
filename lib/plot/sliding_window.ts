import type { Annotations, Data, Frame, Layout } from "plotly.js";
import type { Tensor } from "../tensor.ts";
import {
  boxes,
  caption,
  fontFor,
  gridTrace,
  numbers,
  panel,
  type Place,
  type Range,
} from "./cell_panels.ts";
import { cellInk } from "./cell_texts.ts";
import { diverging, okabeIto, sequential } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { colourRange } from "./heat_map.ts";
import { player } from "./player.ts";
import {
  type Sliding,
  type SlidingOptions,
  type SlidingStep,
  slidingSteps,
  texts,
} from "./sliding_steps.ts";

/** The panels and where they lie: all share one pair of axes. */
interface Scene {
  input: Place;
  kernel: Place;
  products: Place;
  output: Place;
  width: number;
  height: number;
  /** Screen pixels of a cell. */
  cell: number;
  /** The row where the arithmetic stands. */
  arithmetic: number;
}

/**
 * A convolution as an animation: the window moves over the input, its products
 * with the kernel are added, and the output fills up.
 *
 * The slider and the buttons run in the reader's browser, without the kernel.
 * Padding is drawn grey around the input.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param kernel Window [KH, KW].
 * @param options `strides`, `padding` and `dilations` as for conv2d; `title`.
 * @throws {TypeError} Another number of axes, or NaN.
 * @throws {RangeError} An input too large to read, or a window that does not fit.
 *
 * @example
 * ```ts
 * import { slidingWindow, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
 * const film = slidingWindow(x, tensor([[0, 1], [2, 3]]));
 * assertEquals(film.frames?.length, 4);
 * ```
 */
export function slidingWindow(
  x: Tensor,
  kernel: Tensor,
  options: SlidingOptions = {},
): Figure {
  const sliding = slidingSteps(x, kernel, options);
  const { padded, steps, output } = sliding;
  const scene = sceneOf(sliding);
  const colours = coloursOf(sliding);
  const still = stillTraces(sliding, scene, colours, x.shape);
  const moving = steps.map((_, n) => movingTraces(sliding, scene, colours, n));
  const traces = moving[0].map((_, i) => still.length + i);
  // The first frame is drawn at once; each further one changes the moving traces.
  const frames: Partial<Frame>[] = moving.map((data, n) => ({
    name: String(n + 1),
    data,
    traces,
  }));
  const outlines = outlineTrace(sliding, scene);
  const top = options.title ? 54 : 14;
  const width = Math.round((scene.width + 0.2) * scene.cell);
  const height = Math.round(scene.height * scene.cell);
  return figure({
    data: [...still, ...moving[0], outlines],
    frames,
    config: { displayModeBar: false },
    layout: {
      ...titled(options.title),
      width: width + 40,
      height: height + top + 92,
      margin: { l: 20, r: 20, t: top, b: 92 },
      showlegend: false,
      hovermode: false,
      dragmode: false,
      xaxis: {
        visible: false,
        range: [-0.1, scene.width + 0.1],
        fixedrange: true,
      },
      yaxis: { visible: false, range: [scene.height, 0], fixedrange: true },
      annotations: captions(sliding, scene, x.shape),
      ...player(
        steps.map((step) => `row ${step.row}, column ${step.column}`),
        { width, height, prefix: "output " },
      ),
    } as Partial<Layout>,
    summary:
      `Animation of a ${kernel.shape[0]} x ${
        kernel.shape[1]
      } window over ${padded.length} x ${
        padded[0].length
      } cells, ${steps.length} places, output ${output.length} x ${
        output[0].length
      }` + (options.title ? `: ${options.title}` : ""),
  });
}

function sceneOf({ padded, kernel, output }: Sliding): Scene {
  const gap = 2;
  const head = 1.2; // room for the captions
  const middle = Math.max(kernel[0].length, 3);
  const wide = padded[0].length;
  const left = wide + gap;
  const stack = kernel.length * 2 + 1.6;
  const body = Math.max(padded.length, output.length, stack);
  const centred = (size: number) => head + (body - size) / 2;
  const kernelLeft = left + (middle - kernel[0].length) / 2;
  const width = left + middle + gap + Math.max(output[0].length, 3);
  const cell = Math.max(26, Math.min(44, Math.floor(820 / width)));
  const lines = (kernel.length + 1) * 21 / cell;
  return {
    input: { left: 0, top: centred(padded.length) },
    kernel: { left: kernelLeft, top: centred(stack) },
    products: {
      left: kernelLeft,
      top: centred(stack) + kernel.length + 1.6,
    },
    output: { left: left + middle + gap, top: centred(output.length) },
    width,
    height: head + body + 0.8 + lines,
    cell,
    arithmetic: head + body + 0.8,
  };
}

interface Ranges {
  input: Range;
  kernel: Range;
  products: Range;
  output: Range;
}

function coloursOf({ padded, kernel, output, steps }: Sliding): Ranges {
  return {
    input: colourRange(padded.flat()),
    kernel: colourRange(kernel.flat()),
    products: colourRange(steps.flatMap((s) => s.products.flat())),
    output: colourRange(output.flat()),
  };
}

/** What does not move: input, kernel and the whole output, with their numbers. */
function stillTraces(
  sliding: Sliding,
  scene: Scene,
  ranges: Ranges,
  shape: readonly number[],
): Data[] {
  const { padded, kernel, output } = sliding;
  const inside = padded.map((row, i) =>
    row.map((value, j) => {
      const [a, b] = [i - sliding.top, j - sliding.left];
      return a >= 0 && a < shape[0] && b >= 0 && b < shape[1] ? value : null;
    })
  );
  return [
    panel(padded.map((row) => row.map(() => 0)), scene.input, [0, 1], [
      [0, "#D9D9D9"],
      [1, "#D9D9D9"],
    ]),
    panel(inside, scene.input, ranges.input),
    numbers(padded, scene.input, ranges.input, scene.cell),
    panel(kernel, scene.kernel, ranges.kernel),
    numbers(kernel, scene.kernel, ranges.kernel, scene.cell),
    panel(output, scene.output, ranges.output),
    numbers(output, scene.output, ranges.output, scene.cell),
  ];
}

/** What changes from place to place, always in the same order. */
function movingTraces(
  sliding: Sliding,
  scene: Scene,
  ranges: Ranges,
  n: number,
): Data[] {
  const { steps, output } = sliding;
  const step = steps[n];
  const colours = ranges.products[0] < 0 ? diverging : sequential;
  const written = texts(steps.flatMap((s) => s.products));
  const longest = Math.max(...written.flat().map((t) => t.length));
  const rows = step.products.length;
  const mine = written.slice(n * rows, (n + 1) * rows);
  const products = step.products.flat();
  return [
    panel(step.products, scene.products, ranges.products, colours),
    {
      type: "scatter",
      mode: "text",
      x: products.map((_, i) => {
        return scene.products.left + i % step.products[0].length + 0.5;
      }),
      y: products.map((_, i) => {
        return scene.products.top + Math.floor(i / step.products[0].length) +
          0.5;
      }),
      text: mine.flat(),
      textfont: {
        size: fontFor(scene.cell, longest),
        color: products.map((v) => cellInk(v, ranges.products, colours)),
      },
      hoverinfo: "skip",
    },
    boxes(step.cells, scene.input, okabeIto.orange),
    cover(output, scene.output, n),
    boxes([[step.row, step.column]], scene.output, okabeIto.orange),
    arithmetic(step, texts([steps.map((s) => s.sum)])[0][n], scene),
  ];
}

/** Hides the output cells that are not yet computed. */
function cover(
  output: readonly (readonly number[])[],
  place: Place,
  n: number,
): Data {
  const wide = output[0].length;
  const high = output.length;
  const row = Math.floor((n + 1) / wide);
  const column = (n + 1) % wide;
  const path = n + 1 === wide * high ? [] : [
    [column, row],
    [wide, row],
    [wide, high],
    [0, high],
    [0, row + 1],
    [column, row + 1],
    [column, row],
  ];
  return {
    type: "scatter",
    mode: "lines",
    x: path.map(([j]) => place.left + j),
    y: path.map(([, i]) => place.top + i),
    fill: "toself",
    fillcolor: "#FFFFFF",
    line: { width: 0, color: "#FFFFFF" },
    hoverinfo: "skip",
  };
}

/** The products written out, a line for each row of the kernel, and their sum. */
function arithmetic(step: SlidingStep, sum: string, scene: Scene): Data {
  return {
    type: "scatter",
    mode: "text",
    x: [0],
    y: [scene.arithmetic],
    text: [
      step.lines.map((line, i) => (i === 0 ? "    " : "+ ") + line).join(
        "<br>",
      ) + `<br>= <b>${sum}</b>`,
    ],
    textposition: "bottom right",
    textfont: { size: 15 },
    cliponaxis: false,
    hoverinfo: "skip",
  };
}

/** Thin lines around every cell; they never move. */
function outlineTrace({ padded, kernel, output }: Sliding, scene: Scene): Data {
  return gridTrace([
    [padded, scene.input],
    [kernel, scene.kernel],
    [kernel, scene.products],
    [output, scene.output],
  ]);
}

function captions(
  sliding: Sliding,
  scene: Scene,
  shape: readonly number[],
): Partial<Annotations>[] {
  const { padded, kernel, output } = sliding;
  const isPadded = padded.length > shape[0] || padded[0].length > shape[1];
  return [
    caption(
      isPadded ? "input, with zeros around" : "input",
      scene.input,
      padded[0].length,
    ),
    caption("kernel", scene.kernel, kernel[0].length),
    caption("products", scene.products, kernel[0].length),
    caption("output", scene.output, output[0].length),
  ];
}
