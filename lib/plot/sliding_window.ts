import type { Annotations, Data } from "plotly.js";
import type { Tensor } from "../base/tensor.ts";
import {
  boxes,
  caption,
  fontFor,
  gridTrace,
  numbers,
  panel,
  type Place,
  sentence,
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
  return filmFigure({
    title: options.title,
    scene,
    captions: captions(sliding, scene, x.shape),
    still: stillTraces(sliding, scene, x.shape),
    moving: movingTraces(sliding, scene),
    above: [gridTrace([
      [padded, scene.input],
      [sliding.kernel, scene.kernel],
      [sliding.kernel, scene.products],
      [output, scene.output],
    ])],
    steps,
    milliseconds: 700,
    summary: `Animation of a ${kernel.shape.join(" x ")} window over ${
      sizeText(padded)
    } cells, ${steps.length} places, output ${sizeText(output)}`,
  });
}

const sizeText = (rows: readonly (readonly number[])[]) =>
  `${rows.length} x ${rows[0].length}`;

/** Where the panels lie: all share one pair of axes. */
interface Scene {
  input: Place;
  kernel: Place;
  products: Place;
  output: Place;
  width: number;
  height: number;
  /** Screen pixels of a cell. */
  cell: number;
  /** The row where the arithmetic stands, and its font. */
  arithmetic: number;
  font: number;
}

const lineHeight = 1.4; // of the font
/** Width of an average character of the arithmetic, of the font. */
const character = 0.5;

/**
 * Input at the left, kernel over products in the middle, output at the right, or
 * below the products where all of that would be too wide to read.
 */
function sceneOf({ padded, kernel, output, steps }: Sliding): Scene {
  const gap = 2;
  const head = 1.2; // room for the captions
  const [kernelHeight, kernelWidth] = [kernel.length, kernel[0].length];
  const narrow = Math.max(kernelWidth, 3);
  const left = padded[0].length + gap;
  const across = left + narrow + gap + Math.max(output[0].length, 3);
  const beside = isReadable(across);
  const middle = beside ? narrow : Math.max(narrow, output[0].length);
  const width = beside ? across : left + middle;
  const cell = cellSize(width);

  const stack = kernelHeight * 2 + 1.6;
  const tall = beside ? stack : stack + 1.6 + output.length;
  const body = Math.max(padded.length, tall, beside ? output.length : 0);
  const centred = (size: number) => head + (body - size) / 2;
  const inMiddle = (size: number) => left + (middle - size) / 2;
  const top = centred(tall);
  const kernelLeft = inMiddle(kernelWidth);

  const lines = steps.flatMap((step) => step.lines.map((l) => l.length));
  const longest = Math.max(...lines) + 4;
  const font = Math.min(15, width * cell / (character * longest));
  const arithmetic = head + body + 0.8;
  return {
    input: { left: 0, top: centred(padded.length) },
    kernel: { left: kernelLeft, top },
    products: { left: kernelLeft, top: top + kernelHeight + 1.6 },
    output: beside
      ? { left: left + middle + gap, top: centred(output.length) }
      : { left: inMiddle(output[0].length), top: top + stack + 1.6 },
    width,
    height: arithmetic + (kernelHeight + 1) * lineHeight * font / cell,
    cell,
    arithmetic,
    font,
  };
}

/** The names over the panels. */
function captions(
  { padded, kernel, output }: Sliding,
  scene: Scene,
  [height, width]: readonly number[],
): Partial<Annotations>[] {
  const isPadded = padded.length > height || padded[0].length > width;
  const input = isPadded ? "input, with zeros around" : "input";
  return [
    caption(input, scene.input, padded[0].length),
    caption("kernel", scene.kernel, kernel[0].length),
    caption("products", scene.products, kernel[0].length),
    caption("output", scene.output, output[0].length),
  ];
}

/** What does not move: input, kernel and the whole output, with their numbers. */
function stillTraces(
  { padded, top, left, kernel, output }: Sliding,
  scene: Scene,
  [height, width]: readonly number[],
): Data[] {
  const grey = "#D9D9D9";
  const inside = padded.map((row, i) =>
    row.map((value, j) =>
      i >= top && i < top + height && j >= left && j < left + width
        ? value
        : null
    )
  );
  const numbered = (
    values: number[][],
    place: Place,
    shown: (number | null)[][] = values,
  ) => {
    const range = colourRange(values.flat());
    return [
      panel(shown, place, range),
      numbers(values, place, range, scene.cell),
    ];
  };
  return [
    panel(padded.map((row) => row.map(() => 0)), scene.input, [0, 1], [
      [0, grey],
      [1, grey],
    ]),
    ...numbered(padded, scene.input, inside),
    ...numbered(kernel, scene.kernel),
    ...numbered(output, scene.output),
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
function productTexts(
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
function cover(
  output: readonly (readonly number[])[],
  { left, top }: Place,
  done: number,
): Data {
  const wide = output[0].length;
  const high = output.length;
  const [row, column] = [Math.floor(done / wide), done % wide];
  const path = done === wide * high ? [] : [
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
