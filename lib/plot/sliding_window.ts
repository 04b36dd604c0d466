import type { Data } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import {
  arrange,
  boxes,
  fontFor,
  gridTrace,
  numbered,
  type Panel,
  panel,
  type Place,
  sentence,
  type Size,
} from "./cell_panels.ts";
import { cellInk, fixedRows } from "./cell_texts.ts";
import { okabeIto } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { cellSize, filmFigure, isReadable } from "./film.ts";
import { colourRange, type Range, scaleFor } from "./matrix.ts";
import {
  type Sliding,
  type SlidingOptions,
  type SlidingStep,
  stepsOf,
} from "./sliding_steps.ts";

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
  const sliding = stepsOf("slidingWindow", x, kernel, options);
  const { padded, steps, output } = sliding;
  const scene = sceneOf(sliding);
  const isPadded = padded.length * padded[0].length > x.data.length;
  const panels: Panel[] = [
    [isPadded ? "input, with zeros around" : "input", padded, scene.input],
    ["kernel", sliding.kernel, scene.kernel],
    ["products", sliding.kernel, scene.products],
    ["output", output, scene.output],
  ];
  return filmFigure({
    title: options.title,
    scene,
    panels,
    still: stillTraces(sliding, scene, x.shape),
    moving: movingTraces(sliding, scene),
    above: [gridTrace(panels)],
    steps,
    milliseconds: 700,
    summary: `Animation of a ${kernel.shape.join(" x ")} window over ${
      sizeOf(padded).join(" x ")
    } cells, ${steps.length} places, output ${sizeOf(output).join(" x ")}`,
  });
}

const sizeOf = (rows: readonly (readonly number[])[]): Size => [
  rows.length,
  rows[0].length,
];

const lineHeight = 1.4; // of the font
/** Width of an average character of the arithmetic, of the font. */
const character = 0.5;

/**
 * Input at the left, kernel over products in the middle, output at the right, or
 * below the products where all of that would be too wide to read.
 */
function sceneOf(sliding: Sliding) {
  const [input, kernel, output] = [
    sizeOf(sliding.padded),
    sizeOf(sliding.kernel),
    sizeOf(sliding.output),
  ];
  const wide = arrange(
    [[input], [kernel, kernel], [output]],
    [0, 3, 0],
    1.2,
    1.6,
  );
  wide.width += Math.max(0, 3 - output[1]); // for the name of the output
  const { places, width, bottom } = isReadable(wide.width)
    ? wide
    : arrange([[input], [kernel, kernel, output]], [0, 3], 1.2, 1.6);
  const cell = cellSize(width);
  const lines = sliding.steps.flatMap((step) =>
    step.lines.map((l) => l.length)
  );
  const longest = Math.max(...lines) + 4;
  const font = Math.min(15, width * cell / (character * longest));
  const arithmetic = bottom + 0.8;
  return {
    input: places[0],
    kernel: places[1],
    products: places[2],
    output: places[3],
    width,
    height: arithmetic + (kernel[0] + 1) * lineHeight * font / cell,
    cell,
    arithmetic, // the row where it stands
    font, // of the arithmetic
  };
}

type Scene = ReturnType<typeof sceneOf>;

/** What does not move: input, kernel and the whole output, with their numbers. */
function stillTraces(
  { padded, top, left, kernel, output }: Sliding,
  { cell, ...scene }: Scene,
  [height, width]: readonly number[],
): Data[] {
  const grey = "#D9D9D9"; // of the padding
  const zeros = padded.map((row) => row.map(() => 0));
  const inside = padded.map((row, i) =>
    row.map((value, j) =>
      i >= top && i < top + height && j >= left && j < left + width
        ? value
        : null
    )
  );
  return [
    panel(zeros, scene.input, [0, 1], [[0, grey], [1, grey]]),
    ...numbered(padded, scene.input, cell, undefined, inside),
    ...numbered(kernel, scene.kernel, cell),
    ...numbered(output, scene.output, cell),
  ];
}

/** What changes, place by place, always in the same order. */
function movingTraces({ steps, output }: Sliding, scene: Scene): Data[][] {
  // All places together, so that they share their colours and decimals.
  const range = colourRange(steps.flatMap((step) => step.products.flat()));
  const written = fixedRows(steps.map((step) => step.products.flat()));
  const [sums] = fixedRows([steps.map((step) => step.sum)]);
  const font = fontFor(scene.cell, written);
  return steps.map((step, n) => [
    panel(step.products, scene.products, range),
    productTexts(step, written[n], scene.products, range, font),
    boxes(step.cells, scene.input, okabeIto.orange),
    cover(output, scene.output, n + 1),
    boxes([[step.row, step.column]], scene.output, okabeIto.orange),
    sentence(
      step.lines.map((line, i) => (i === 0 ? "    " : "+ ") + line)
        .join("<br>") + `<br>= <b>${sums[n]}</b>`,
      scene.arithmetic,
      scene.font,
    ),
  ]);
}

/** The products of one place, in their cells. */
export function productTexts(
  { products }: SlidingStep,
  text: string[],
  { left, top }: Place,
  range: Range,
  size: number,
): Data {
  const scale = scaleFor(range);
  return {
    type: "scatter",
    mode: "text",
    x: products.flatMap((row) => row.map((_, j) => left + j + 0.5)),
    y: products.flatMap((row, i) => row.map(() => top + i + 0.5)),
    text,
    textfont: {
      size,
      color: products.flat().map((value) => cellInk(value, range, scale)),
    },
    hoverinfo: "skip",
  };
}

/** Hides the output cells from the one numbered `done` on: they are not yet computed. */
export function cover(
  output: readonly (readonly number[])[],
  { left, top }: Place,
  done: number,
): Data {
  const wide = output[0].length;
  const high = output.length;
  const [row, column] = [Math.floor(done / wide), done % wide];
  const path = done >= wide * high ? [] : [
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
    x: path.map(([j]) => left + j),
    y: path.map(([, i]) => top + i),
    fill: "toself",
    fillcolor: "#FFFFFF",
    line: { width: 0, color: "#FFFFFF" },
    hoverinfo: "skip",
  };
}
