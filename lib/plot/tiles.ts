/** Many small maps of numbers side by side, on one colour scale. */
import type { Data } from "plotly.js";
import {
  checkEnds,
  checkGiven,
  checkText,
  checkTexts,
} from "../base/arguments.ts";
import { checkCount } from "../base/check.ts";
import { checkFlag, settle, unset } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { cellTexts, fixedRows } from "./cell_texts.ts";
import { checkScale, colourAt, type ColourScale } from "./colours.ts";
import { entitled, type Figure, figure, titled } from "./figure.ts";
import { colourRange, type Range, rowsOf, scaleFor } from "./matrix.ts";
import { pngUri } from "./png.ts";
import { labelTrace, sheetOf, shrink } from "./sheet.ts";
import { heatTrace, imageTrace } from "./traces.ts";
import { figureWidth, textWidth, titleWidth } from "./width.ts";

/** How a grid of maps looks. */
export interface TileOptions {
  title?: string;
  /** A text above each map. */
  labels?: readonly string[];
  /** Maps in a row: as many as are readable unless told. */
  columns?: number;
  /** Whether the numbers stand in the cells: when there is room, unless told. */
  numbers?: boolean;
  colours?: ColourScale;
  /** The values at the ends of the colours: the same for all maps. */
  range?: readonly [number, number];
}

/** Screen pixels for the maps: the rest of the figure is margin and colour bar. */
const room = figureWidth - 104;
const gap = 10; // screen pixels between maps, or one cell where cells are larger
const fontSize = 12;
const mostHover = 12_000; // cells sent as numbers; above, as a picture

/** The options of a grid of maps, checked. */
export function settleTiles(caller: string, options: TileOptions) {
  const settled = settle(
    caller,
    options,
    unset("title", "labels", "columns", "numbers", "colours", "range"),
  );
  const { title, labels, columns, numbers, colours, range } = settled;
  checkGiven(checkText, caller, { title });
  checkGiven(checkFlag, caller, { numbers });
  checkGiven(checkTexts, caller, { labels });
  if (columns !== undefined) checkCount(caller, "columns", columns);
  if (colours !== undefined) checkScale(caller, colours);
  checkGiven(checkEnds, caller, { range });
  return settled;
}

/** The options with the texts above the maps. */
type Settled = ReturnType<typeof settleTiles> & { labels: readonly string[] };

/**
 * Maps [N, H, W, 1] as a figure; larger than the figure, they are shrunk by means.
 *
 * @param group So many maps belong together: rows do not break a group in between
 * where it can be helped.
 */
export function tiles(
  caller: string,
  given: Tensor,
  options: Settled,
  summary: string,
  group?: number,
): Figure {
  const [count, , givenWidth] = given.shape;
  const { title, labels } = options;
  if (labels.length !== count) {
    throw new TypeError(
      `${caller}() expects ${count} labels but found ${labels.length}: give each map one`,
    );
  }
  const range = options.range ?? colourRange(given.data);
  const colours = options.colours ?? scaleFor(range);
  // Maps larger than a third of the figure are shrunk to about that.
  const small = shrink(given, Math.ceil(givenWidth / 192));
  const [, height, width] = small.shape;
  const numbers = options.numbers ??
    (given.data.length <= 160 && largestZoom(1, width, 38) === 38);
  const { columns, zoom } = arranged(caller, width, numbers, options, group);

  const sheet = sheetOf(count, small.shape, columns, {
    above: Math.max(1, Math.ceil(20 / zoom)),
    across: between(zoom),
    down: 0,
  });
  const rows = rowsOf({ shape: [count * height, width], data: small.data });
  const texts = numbers ? fixedRows(rows) : [];
  const spots = rows.flatMap((row, r) => {
    const n = Math.floor(r / height);
    const [x, y] = [sheet.left(n), sheet.top(n) + r % height];
    return row.map((value, j) => ({ x: x + j, y, value, text: texts[r]?.[j] }));
  });
  const cells: (number | null)[][] = Array.from(
    { length: sheet.height },
    () => Array(sheet.width).fill(null),
  );
  for (const { x, y, value } of spots) {
    cells[y][x] = Number(value.toPrecision(4));
  }
  const data = [
    ...cellTraces(cells, small.data.length, numbers, range, colours),
    labelTrace([...labels], sheet, 2 / zoom, fontSize, { showlegend: false }),
  ];
  if (numbers) {
    const size = Math.floor(fontSize * zoom / 38);
    data.push(cellTexts(spots, range, colours, size));
  }
  const t = title ? 44 : 8;
  const pixels = sheet.width * zoom;
  const tall = sheet.height * zoom;
  const right = 88 +
    Math.max(0, 180 - pixels, titleWidth(title) - pixels - 104);
  return figure({
    data,
    layout: {
      ...titled(title),
      width: 16 + pixels + right,
      height: Math.max(tall, 80) + t + 16,
      margin: { l: 16, r: right, t, b: 16 + Math.max(0, 80 - tall) },
      xaxis: { visible: false, range: [-0.5, sheet.width - 0.5] },
      yaxis: { visible: false, range: [sheet.height - 0.5, -0.5] },
    },
    summary: entitled(summary, title),
  });
}

/** How many maps stand in a row, and screen pixels of a cell. */
function arranged(
  caller: string,
  width: number,
  numbers: boolean,
  { labels, columns: asked }: Settled,
  group?: number,
): { columns: number; zoom: number } {
  const count = labels.length;
  const label = Math.max(...labels.map((text) => textWidth(text, fontSize)));
  const readable = Math.max(label, numbers ? width * 38 : Math.max(64, width));
  const pitch = readable + (numbers ? 38 : gap);
  const wanted = numbers ? 38 : Math.max(1, Math.floor(160 / width));
  let fit = Math.max(1, Math.floor((room + gap) / pitch));
  let columns = asked ?? balanced(count, fit, group);
  // Fewer in a row, where whole steps of the zoom would leave the maps tiny.
  const tiny = Math.min(56, wanted * width);
  while (
    asked === undefined && fit > 1 &&
    largestZoom(columns, width, wanted) * width < tiny
  ) columns = balanced(count, --fit, group);
  const zoom = largestZoom(Math.min(columns, count), width, wanted);
  if (zoom === 0 || (numbers && zoom < 24)) {
    throw new RangeError(
      `${caller}() expects columns that fit into ${room} pixels but found ${columns} of ${width} cells${
        numbers ? " with numbers" : ""
      }: choose fewer columns${numbers ? " or numbers: false" : ""}`,
    );
  }
  return { columns, zoom };
}

/**
 * As many maps in a row as fit, but all rows about equally long; a group fills
 * whole rows where one of its divisors comes close to that.
 */
function balanced(count: number, fit: number, group = 0): number {
  for (let columns = fit; columns > fit / 2; columns--) {
    if (group && group % columns === 0) return columns;
  }
  return Math.ceil(count / Math.ceil(count / fit));
}

/** Cells between two maps whose cells are `zoom` screen pixels wide. */
const between = (zoom: number) => Math.max(1, Math.round(gap / zoom));

/** The largest zoom with which so many maps fit side by side; 0 where none does. */
function largestZoom(columns: number, width: number, wanted: number): number {
  let zoom = wanted;
  while (
    zoom > 0 &&
    (columns * (width + between(zoom)) - between(zoom)) * zoom > room
  ) zoom--;
  return zoom;
}

const bar = {
  thickness: 12,
  outlinewidth: 0,
  nticks: 5,
  lenmode: "fraction" as const,
  len: 1,
};

/** The cells of all maps, `count` in all, with their colour bar. */
function cellTraces(
  cells: readonly (readonly (number | null)[])[],
  count: number,
  numbers: boolean,
  range: Range,
  colours: ColourScale,
): Data[] {
  if (count > mostHover) {
    return [picture(cells, range, colours), scaleOnly(range, colours)];
  }
  return [heatTrace({
    z: cells,
    colorscale: colours,
    zmin: range[0],
    zmax: range[1],
    hoverongaps: false,
    xgap: numbers ? 1 : 0,
    ygap: numbers ? 1 : 0,
    colorbar: bar,
    hovertemplate: "%{z}<extra></extra>",
  })];
}

/** The sheet as a picture of 255 colours; gaps are see-through. */
function picture(
  cells: readonly (readonly (number | null)[])[],
  [low, high]: Range,
  colours: ColourScale,
): Data {
  const source = pngUri({
    kind: "palette",
    width: cells[0].length,
    height: cells.length,
    data: Uint8Array.from(cells.flat(), (value) => {
      if (value === null) return 0;
      const place = (value - low) / (high - low);
      return 1 + Math.round(254 * Math.min(1, Math.max(0, place)));
    }),
    palette: Array.from(
      { length: 256 },
      (_, i) => colourAt(colours, (i - 1) / 254),
    ),
  });
  return imageTrace({ source, hoverinfo: "skip" });
}

/** A trace without points that brings the colour bar. */
function scaleOnly(
  range: Range,
  colours: ColourScale,
): Data {
  return {
    type: "scatter",
    mode: "markers",
    x: [null],
    y: [null],
    marker: {
      color: [range[0]],
      cmin: range[0],
      cmax: range[1],
      colorscale: colours,
      showscale: true,
      colorbar: bar,
    },
    showlegend: false,
    hoverinfo: "skip",
  };
}
