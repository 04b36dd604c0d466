/** What the sliding window draws: panels that stay, and what moves over them. */
import type { Data } from "plotly.js";
import {
  boxes,
  fontFor,
  gridTrace,
  numbers,
  panel,
  type Place,
} from "./cell_panels.ts";
import { cellInk } from "./cell_texts.ts";
import { diverging, okabeIto, sequential } from "./colours.ts";
import type { Ranges, Scene } from "./sliding_scene.ts";
import { type Sliding, type SlidingStep, texts } from "./sliding_steps.ts";

/** What does not move: input, kernel and the whole output, with their numbers. */
export function stillTraces(
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

/** What changes, place by place, always in the same order. */
export function movingTraces(
  { steps, output }: Sliding,
  scene: Scene,
  ranges: Ranges,
): Data[][] {
  const colours = ranges.products[0] < 0 ? diverging : sequential;
  // All places together, so that each number has as many decimals as the others.
  const written = texts(steps.map((step) => step.products.flat()));
  const [sums] = texts([steps.map((step) => step.sum)]);
  const longest = written.flat().reduce((n, t) => Math.max(n, t.length), 0);
  const size = fontFor(scene.cell, longest);
  return steps.map((step, n) => {
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
        text: written[n],
        textfont: {
          size,
          color: products.map((v) => cellInk(v, ranges.products, colours)),
        },
        hoverinfo: "skip",
      },
      boxes(step.cells, scene.input, okabeIto.orange),
      cover(output, scene.output, n),
      boxes([[step.row, step.column]], scene.output, okabeIto.orange),
      arithmetic(step, sums[n], scene),
    ];
  });
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
    textfont: { size: scene.font },
    cliponaxis: false,
    hoverinfo: "skip",
  };
}

/** Thin lines around every cell; they never move. */
export function outlineTrace(
  { padded, kernel, output }: Sliding,
  scene: Scene,
): Data {
  return gridTrace([
    [padded, scene.input],
    [kernel, scene.kernel],
    [kernel, scene.products],
    [output, scene.output],
  ]);
}
