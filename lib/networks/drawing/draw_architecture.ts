/**
 * A network as boxes and arrows.
 *
 * @module
 */
import type { Data, Shape } from "plotly.js";
import { checkArchitecture } from "../check_architecture.ts";
import {
  describe,
  type Description,
  type LayerRow,
  layersText,
} from "../describe.ts";
import { plan, type PlannedSingle } from "../plan.ts";
import type { Architecture } from "../types.ts";
import { settle, shown } from "../../base/options.ts";
import { formatNumber } from "../../base/numbers.ts";
import { checkText } from "../../base/arguments.ts";
import { ink, okabeIto, transparent } from "../../plot/colours.ts";
import { type Figure, figure, titled } from "../../plot/figure.ts";
import { figureWidth, titleWidth } from "../../plot/width.ts";
import { elementsOf } from "./elements.ts";
import {
  BOX_HEIGHT,
  columnsOf,
  type Drawing,
  type DrawnBox,
  place,
  rowsOf,
} from "./place.ts";

/** How a network is drawn. */
export interface DrawOptions {
  /** Another image shape than the architecture's own. */
  inputShape?: readonly (number | null)[];
  /** Draw equal neighbouring blocks once, with their number; true unless told. */
  fold?: boolean;
  /** Name and totals unless told. */
  title?: string;
}

// Screen pixels.
const COLUMN = 128; // of a layer, where there is room
const ROW = 48;
const GUTTER = 147; // at the left, for the sizes; 100 where columns are many
const TITLE = 56;
const SIDES = 20;
/** A column narrower than this holds no text; hovering tells what it is. */
const readable = 48;

/** Fill of each family of boxes. */
const COLOURS: Record<NonNullable<DrawnBox["family"]>, string> = {
  convolution: transparent(okabeIto.blue, 0.28),
  dense: transparent(okabeIto.purple, 0.4),
  pooling: transparent(okabeIto.orange, 0.35),
  join: transparent(okabeIto.green, 0.3),
};

/**
 * Draws a network from top to bottom: a box a layer, branches side by side,
 * sizes at the left and, with counts and receptive field, on hover.
 *
 * @param architecture The network.
 * @param options inputShape; fold = true; title.
 * @returns A figure; show it with `await show(figure)`.
 * @throws {TypeError | RangeError} A network that cannot exist; the message names the layer.
 *
 * @example
 * ```ts
 * import { drawArchitecture, lenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const drawing = drawArchitecture(lenet());
 * assertEquals(drawing.summary, "Drawing of LeNet: 5 layers, 61,706 parameters");
 * ```
 */
export function drawArchitecture(
  architecture: Architecture,
  options: DrawOptions = {},
): Figure {
  const { inputShape, fold, title } = settle("drawArchitecture", options, {
    inputShape: undefined,
    fold: true,
    title: undefined,
  });
  if (typeof fold !== "boolean") {
    throw new TypeError(
      `drawArchitecture() expects fold to be true or false but found ${
        shown(fold)
      }: leave it out to fold`,
    );
  }
  if (title !== undefined) checkText("drawArchitecture", "title", title);
  checkArchitecture("drawArchitecture", architecture);
  const whole = plan(architecture, inputShape);
  const description = describe(architecture, inputShape);
  const elements = elementsOf(whole, fold);
  const columns = Math.max(2, columnsOf(elements));
  const rows = rowsOf(elements) + 1;
  const middle = columns / 2;
  const drawing: Drawing = { boxes: [], arrows: [], frames: [] };
  drawing.boxes.push({
    x: middle,
    y: 0.5,
    width: 0.9,
    text: "input",
    after: [],
    names: [],
    trunk: true,
    outputShape: whole.inputShape,
  });
  const from = { x: middle, y: 0.5 + BOX_HEIGHT / 2 };
  place(drawing, elements, from, middle, 1, true);
  const column = Math.min(COLUMN, (figureWidth - SIDES - 100) / columns);
  const gutter = Math.min(GUTTER, figureWidth - SIDES - columns * column);
  const totals = `${layersText(description.layers)}, ${
    formatNumber(description.parameters)
  } parameters`;
  const heading = title ?? `${architecture.name}: ${totals}`;
  const width = Math.max(
    Math.round(columns * column + gutter + SIDES),
    420,
    titleWidth(heading),
  );
  return figure({
    data: [
      arrowLines(drawing),
      arrowHeads(drawing),
      boxTexts(drawing, description, column),
      sideTexts(drawing),
      frameTexts(drawing),
    ],
    layout: {
      ...titled(heading),
      width,
      height: Math.round(rows * ROW + TITLE + 10),
      margin: { l: 10, r: 10, t: TITLE, b: 10 },
      shapes: shapes(drawing),
      showlegend: false,
      hovermode: "closest",
      dragmode: false,
      // A title wider than the drawing leaves room at the right.
      xaxis: hidden([
        -gutter / column,
        Math.max(columns, (width - SIDES - gutter) / column),
      ]),
      yaxis: hidden([rows, 0]),
    },
    config: { displayModeBar: false },
    summary: `Drawing of ${architecture.name}: ${totals}`,
  });
}

/** An axis that only carries coordinates. */
const hidden = (range: [number, number]) => ({
  range,
  visible: false,
  fixedrange: true,
});

/** Frames behind, boxes before them. */
function shapes({ frames, boxes }: Drawing): Partial<Shape>[] {
  return [
    ...frames.map(({ left, right, top, bottom, repeated }) => ({
      type: "rect" as const,
      layer: "below" as const,
      x0: left,
      x1: right,
      y0: top,
      y1: bottom,
      fillcolor: repeated ? "rgba(0, 0, 0, 0)" : "#F4F4F4",
      line: repeated
        ? { color: "#777777", width: 1.5, dash: "dash" as const }
        : { width: 0 },
    })),
    ...boxes.map(({ x, y, width, family }) => ({
      type: "rect" as const,
      layer: "below" as const,
      x0: x - width / 2,
      x1: x + width / 2,
      y0: y - BOX_HEIGHT / 2,
      y1: y + BOX_HEIGHT / 2,
      fillcolor: family ? COLOURS[family] : "#FFFFFF",
      line: { color: "#666666", width: 1 },
    })),
  ];
}

/** The lines of all arrows in one trace. */
function arrowLines({ arrows }: Drawing): Data {
  const points = arrows.flatMap((arrow) => [...arrow, undefined]);
  return {
    type: "scatter",
    mode: "lines",
    x: points.map((point) => point?.x ?? null),
    y: points.map((point) => point?.y ?? null),
    line: { color: "#666666", width: 1.2 },
    hoverinfo: "skip",
  };
}

/** A small triangle at the end of each arrow. */
function arrowHeads({ arrows }: Drawing): Data {
  const ends = arrows.map((arrow) => arrow[arrow.length - 1]);
  return {
    type: "scatter",
    mode: "markers",
    x: ends.map(({ x }) => x),
    y: ends.map(({ y }) => y - 0.07),
    marker: { symbol: "triangle-down", size: 7, color: "#666666" },
    hoverinfo: "skip",
  };
}

/** The texts in the boxes, with what hovering shows. */
function boxTexts(
  { boxes }: Drawing,
  description: Description,
  column: number,
): Data {
  const rows = new Map(description.rows.map((row) => [row.name, row]));
  return {
    type: "scatter",
    mode: "text+markers",
    x: boxes.map(({ x }) => x),
    y: boxes.map(({ y }) => y),
    text: boxes.map(({ text, after, width }) =>
      width * column < 0.9 * readable ? "" : boxText(text, after)
    ),
    textfont: { size: Math.min(11, Math.max(7, 0.09 * column)), color: ink },
    marker: { size: 30, opacity: 0 },
    hovertext: boxes.map(({ names, outputShape }) =>
      names.length === 0
        ? `images ${sizeText(outputShape)}`
        : hoverText(names.map((name) => rows.get(name)!))
    ),
    hoverinfo: "text",
  };
}

/** Sizes at the left, wherever the trunk's size changes. */
function sideTexts({ boxes }: Drawing): Data {
  const trunk = boxes.filter((box) => box.trunk).sort((a, b) => a.y - b.y);
  const changed = trunk.filter((box, i) =>
    i === 0 ||
    sizeText(box.outputShape) !== sizeText(trunk[i - 1].outputShape)
  );
  return {
    type: "scatter",
    mode: "text",
    x: changed.map(() => -0.1),
    y: changed.map(({ y }) => y),
    text: changed.map(({ outputShape }) => sizeText(outputShape)),
    textposition: "middle left",
    textfont: { size: 11, color: "#555555" },
    hoverinfo: "skip",
  };
}

/** Names and numbers of the frames, at their upper left corners. */
function frameTexts({ frames }: Drawing): Data {
  return {
    type: "scatter",
    mode: "text",
    x: frames.map(({ left }) => left + 0.04),
    y: frames.map(({ top }) => top + 0.16),
    text: frames.map(({ text, repeated }) =>
      repeated ? `<b>${text}</b>` : text
    ),
    textposition: "middle right",
    textfont: { size: 10, color: "#555555" },
    hoverinfo: "skip",
  };
}

/** Sizes as people say them: 28 × 28 × 6. */
const sizeText = (shape: readonly number[]): string => shape.join(" × ");

/** A box's text: the layer, and below it what shares the box. */
function boxText(top: string, after: readonly PlannedSingle[]): string {
  if (after.length === 0) return top;
  const below = after.map(({ kind, settings }) => kind.label(settings))
    .join(" · ");
  return `${top}<br><span style="font-size:9px">${below}</span>`;
}

/** The hover text of a box: each layer in it by name, then sizes and counts. */
function hoverText(rows: readonly LayerRow[]): string {
  const sum = (field: "parameters" | "multiplyAdds") =>
    formatNumber(rows.reduce((total, row) => total + row[field], 0));
  const last = rows[rows.length - 1];
  return [
    `<b>${rows.map(({ name }) => name).join(" · ")}</b>`,
    `output ${sizeText(last.outputShape)}`,
    `${sum("parameters")} parameters`,
    `${sum("multiplyAdds")} multiply-adds`,
    `sees ${last.receptiveField} pixels across`,
  ].join("<br>");
}
