/** Many small maps of numbers side by side, on one colour scale. */
import { checkScale } from "./colours.ts";
import type { Data } from "plotly.js";
import { checkCount } from "../base/check.ts";
import { checkFlag, settle } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { checkEnds, checkText, checkTexts } from "../base/arguments.ts";
import { cellTexts, fixedNumbers } from "./cell_texts.ts";
import { colourAt, type ColourScale } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { colourRange, scaleFor } from "./matrix.ts";
import { pngUri } from "./png.ts";
import { shrink } from "./shrink.ts";
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
  const settled = settle(caller, options, {
    title: undefined,
    labels: undefined,
    columns: undefined,
    numbers: undefined,
    colours: undefined,
    range: undefined,
  });
  const { title, labels, columns, colours, range } = settled;
  if (title !== undefined) checkText(caller, "title", title);
  if (settled.numbers !== undefined) {
    checkFlag(caller, "numbers", settled.numbers);
  }
  if (labels !== undefined) checkTexts(caller, "labels", labels);
  if (columns !== undefined) checkCount(caller, "columns", columns);
  if (colours !== undefined) checkScale(caller, colours);
  if (range !== undefined) checkEnds(caller, "range", range);
  return settled;
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

/**
 * Maps [N, H, W, 1] as a figure; larger than the figure, they are shrunk by means.
 *
 * @param group So many maps belong together: rows do not break a group in between
 * where it can be helped.
 */
export function tiles(
  caller: string,
  given: Tensor,
  options: ReturnType<typeof settleTiles> & { labels: readonly string[] },
  summary: string,
  group?: number,
): Figure {
  const count = given.shape[0];
  const { title, labels } = options;
  if (labels.length !== count) {
    throw new TypeError(
      `${caller}() expects ${count} labels but found ${labels.length}: give each map one`,
    );
  }
  const range = options.range ?? colourRange(given.data);
  const colours = options.colours ?? scaleFor(range);
  // Maps larger than a third of the figure are shrunk to about that.
  const maps = shrink(given, Math.ceil(given.shape[2] / 192));
  const [, height, width] = maps.shape;
  const numbers = options.numbers ??
    (count * given.shape[1] * given.shape[2] <= 160 &&
      largestZoom(1, width, 38) === 38);
  const label = Math.max(...labels.map((text) => textWidth(text, fontSize)));
  const readable = Math.max(label, numbers ? width * 38 : Math.max(64, width));
  const pitch = readable + (numbers ? 38 : gap);
  const wanted = numbers ? 38 : Math.max(1, Math.floor(160 / width));
  let fit = Math.max(1, Math.floor((room + gap) / pitch));
  let columns = options.columns ?? balanced(count, fit, group);
  // Fewer in a row, where whole steps of the zoom would leave the maps tiny.
  const tiny = Math.min(56, wanted * width);
  while (
    options.columns === undefined && fit > 1 &&
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
  const above = Math.max(1, Math.ceil(20 / zoom));
  const pitchX = width + between(zoom);
  const pitchY = height + above;
  const sheetWidth = Math.min(columns, count) * pitchX - between(zoom);
  const sheetHeight = Math.ceil(count / columns) * pitchY;
  const left = (n: number) => (n % columns) * pitchX;
  const top = (n: number) => Math.floor(n / columns) * pitchY + above;

  const sheet: (number | null)[][] = Array.from(
    { length: sheetHeight },
    () => Array(sheetWidth).fill(null),
  );
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < height * width; i++) {
      sheet[top(n) + Math.floor(i / width)][left(n) + i % width] = Number(
        maps.data[n * height * width + i].toPrecision(4),
      );
    }
  }
  const data: Data[] = maps.data.length <= mostHover
    ? [heatTrace({
      z: sheet,
      colorscale: colours,
      zmin: range[0],
      zmax: range[1],
      hoverongaps: false,
      xgap: numbers ? 1 : 0,
      ygap: numbers ? 1 : 0,
      colorbar: bar,
      hovertemplate: "%{z}<extra></extra>",
    })]
    : [picture(sheet, range, colours), scaleOnly(range, colours)];
  data.push({
    type: "scatter",
    mode: "text",
    x: labels.map((_, n) => left(n) + (width - 1) / 2),
    y: labels.map((_, n) => top(n) - 0.5 - 2 / zoom),
    text: [...labels],
    textposition: "top center",
    textfont: { size: fontSize },
    hoverinfo: "skip",
    showlegend: false,
    cliponaxis: false,
  });
  if (numbers) {
    const texts = fixedNumbers(maps.data);
    data.push(cellTexts(
      texts.map((text, i) => {
        const n = Math.floor(i / (height * width));
        const cell = i % (height * width);
        const x = left(n) + cell % width;
        const y = top(n) + Math.floor(cell / width);
        return { x, y, text, value: maps.data[i] };
      }),
      range,
      colours,
      Math.floor(fontSize * zoom / 38),
    ));
  }
  const t = title ? 44 : 8;
  const pixels = sheetWidth * zoom;
  const right = 88 +
    Math.max(0, 180 - pixels, titleWidth(title) - pixels - 104);
  return figure({
    data,
    layout: {
      ...titled(title),
      width: 16 + pixels + right,
      height: Math.max(sheetHeight * zoom, 80) + t + 16,
      margin: {
        l: 16,
        r: right,
        t,
        b: 16 + Math.max(0, 80 - sheetHeight * zoom),
      },
      xaxis: { visible: false, range: [-0.5, sheetWidth - 0.5] },
      yaxis: { visible: false, range: [sheetHeight - 0.5, -0.5] },
    },
    summary: title ? `${summary}: ${title}` : summary,
  });
}

const bar = {
  thickness: 12,
  outlinewidth: 0,
  nticks: 5,
  lenmode: "fraction" as const,
  len: 1,
};

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

/** The sheet as a picture of 255 colours; gaps are see-through. */
function picture(
  sheet: readonly (readonly (number | null)[])[],
  range: readonly [number, number],
  colours: ColourScale,
): Data {
  const width = sheet[0].length;
  const data = Uint8Array.from(sheet.flat(), (value) => {
    if (value === null) return 0;
    const place = (value - range[0]) / (range[1] - range[0]);
    return 1 + Math.round(254 * Math.min(1, Math.max(0, place)));
  });
  const palette = Array.from(
    { length: 256 },
    (_, i) => colourAt(colours, (i - 1) / 254),
  );
  const source = pngUri({
    kind: "palette",
    width,
    height: sheet.length,
    data,
    palette,
  });
  return imageTrace({ source, hoverinfo: "skip" });
}

/** A trace without points that brings the colour bar. */
function scaleOnly(
  range: readonly [number, number],
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
