/** Many small maps of numbers side by side, on one colour scale. */
import type { Data } from "plotly.js";
import { checkOptions } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { cellTexts, fixedNumbers } from "./cell_texts.ts";
import { colourAt, type ColourScale } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { colourRange, scaleFor } from "./matrix.ts";
import { pngUri } from "./png.ts";
import { shrink } from "./shrink.ts";
import { heatTrace, imageTrace } from "./traces.ts";

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

const room = 780;
const gap = 10; // screen pixels between maps
const mostHover = 12_000; // cells sent as numbers; above, as a picture

/** Throws on an option that a grid of maps does not know. */
export function checkTileOptions(caller: string, options: TileOptions): void {
  const known = ["title", "labels", "columns", "numbers", "colours", "range"];
  checkOptions(caller, options, known);
}

/** Maps [N, H, W, 1] as a figure; larger than the figure, they are shrunk by means. */
export function tiles(
  given: Tensor,
  labels: readonly string[],
  summary: string,
  options: TileOptions,
): Figure {
  const count = given.shape[0];
  const range = options.range ?? colourRange(given.data);
  const colours = options.colours ?? scaleFor(range);
  const { numbers = count * given.shape[1] * given.shape[2] <= 160 } = options;
  // Maps larger than a third of the figure are shrunk to about that.
  const maps = shrink(given, Math.ceil(given.shape[2] / 258));
  const [, height, width] = maps.shape;
  const readable = numbers ? width * 38 : Math.max(84, width);
  const columns = options.columns ?? balanced(count, readable);
  const zoom = numbers ? 38 : Math.max(
    1,
    Math.floor(
      Math.min((room + gap) / columns - gap, Math.max(160, width)) / width,
    ),
  );
  const between = Math.max(1, Math.ceil(gap / zoom));
  const above = Math.max(1, Math.ceil(20 / zoom));
  const pitchX = width + between;
  const pitchY = height + above;
  const sheetWidth = columns * pitchX - between;
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
    textfont: { size: 12 },
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
      12,
    ));
  }
  const t = options.title ? 44 : 8;
  return figure({
    data,
    layout: {
      ...titled(options.title),
      width: Math.max(sheetWidth * zoom, 180) + 106,
      height: Math.max(sheetHeight * zoom, 80) + t + 16,
      margin: {
        l: 16,
        r: 90 + Math.max(0, 180 - sheetWidth * zoom),
        t,
        b: 16 + Math.max(0, 80 - sheetHeight * zoom),
      },
      xaxis: { visible: false, range: [-0.5, sheetWidth - 0.5] },
      yaxis: { visible: false, range: [sheetHeight - 0.5, -0.5] },
    },
    summary: options.title ? `${summary}: ${options.title}` : summary,
  });
}

const bar = {
  thickness: 12,
  outlinewidth: 0,
  nticks: 5,
  lenmode: "fraction" as const,
  len: 1,
};

/** As many maps in a row as fit, but all rows about equally long. */
function balanced(count: number, readable: number): number {
  const fit = Math.max(1, Math.floor((room + gap) / (readable + gap)));
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
