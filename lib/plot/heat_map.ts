import { checkOptions } from "../options.ts";
import { shapeText, type Tensor, tensor } from "../tensor.ts";
import { cellTexts, fixedNumbers } from "./cell_texts.ts";
import type { ColourScale } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { checkNumbers, colourRange, rowsOf, scaleFor } from "./matrix.ts";
import { heatTrace } from "./traces.ts";

const KNOWN = [
  ...["title", "digits", "numbers", "xTitle", "yTitle"],
  ...["columnNames", "rowNames", "colours", "range", "shades"],
];

/** How a heat map looks. */
export interface HeatMapOptions {
  title?: string;
  /** Decimals of the numbers in the cells: 2 unless told. */
  digits?: number;
  /** Whether the numbers stand in the cells: when there are at most 400 cells, unless told. */
  numbers?: boolean;
  xTitle?: string;
  yTitle?: string;
  /** Names of the columns and rows: counted from 0 unless told. */
  columnNames?: readonly string[];
  rowNames?: readonly string[];
  colours?: ColourScale;
  /** The values at the ends of the colours. */
  range?: readonly [number, number];
  /** What the colours show where it is not the values: one number a cell. */
  shades?: ArrayLike<number>;
}

/**
 * A matrix as coloured cells with its numbers in them.
 *
 * With negative values the colours are centred: white is 0. Otherwise white is
 * 0 and dark is the largest value.
 *
 * @param values A tensor [rows, columns], or nested arrays.
 * @throws {TypeError} Values with another number of axes, or NaN among them.
 *
 * @example
 * ```ts
 * import { heatMap } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const map = heatMap([[1, 0], [0, -1]], { title: "A kernel" });
 * assertEquals(map.summary, "Heat map of 2 x 2 values: A kernel");
 * ```
 */
export function heatMap(
  values: Tensor | readonly (readonly number[])[],
  options: HeatMapOptions = {},
): Figure {
  checkOptions("heatMap", options, KNOWN);
  const x = "shape" in values ? values : tensor(values);
  const [rows, columns] = x.shape;
  if (x.shape.length !== 2 || x.data.length === 0) {
    throw new TypeError(
      `heatMap() expects values [rows, columns] but found ${
        shapeText(x.shape)
      }: take one image and one channel, and reshape it`,
    );
  }
  checkNumbers(x, "heatMap");
  const { title, digits = 2, numbers = rows * columns <= 400 } = options;
  const columnNames = names("columnNames", options.columnNames, columns);
  const rowNames = names("rowNames", options.rowNames, rows);
  const shades = options.shades ?? x.data;
  const range = options.range ?? colourRange(shades);
  const colours = options.colours ?? scaleFor(range);
  const texts = numbers ? fixedNumbers(x.data, digits) : [];
  const fontSize = columns > 16 ? 11 : 13;
  const size = cellSize(rows, columns, texts, columnNames, fontSize);
  const margin = {
    l: 40 + (options.yTitle ? 24 : 0) + 7.2 * longest(rowNames),
    r: numbers ? 24 : 90,
    t: title ? 54 : 18,
    b: 30 + (options.xTitle ? 24 : 0),
  };
  const width = columns * size.width;
  const height = rows * size.height;
  return figure({
    data: [
      heatTrace({
        z: rowsOf({ shape: x.shape, data: Float32Array.from(shades) }),
        colorscale: colours,
        zmin: range[0],
        zmax: range[1],
        xgap: numbers ? 1 : 0,
        ygap: numbers ? 1 : 0,
        showscale: !numbers,
        colorbar: { thickness: 12, outlinewidth: 0 },
        ...(numbers ? { text: textRows(texts, columns) } : {}),
        hovertemplate: `row %{y}, column %{x}: %{${
          numbers ? "text" : "z"
        }}<extra></extra>`,
      }),
      ...(numbers
        ? [cellTexts(
          texts.map((text, i) => ({
            x: i % columns,
            y: Math.floor(i / columns),
            text,
            value: shades[i],
          })),
          range,
          colours,
          fontSize,
        )]
        : []),
    ],
    layout: {
      ...titled(title),
      width: Math.max(280, Math.round(width + margin.l + margin.r)),
      height: Math.round(height + margin.t + margin.b),
      margin: {
        ...margin,
        r: Math.max(margin.r, Math.round(280 - margin.l - width)),
      },
      plot_bgcolor: "#CCCCCC",
      xaxis: axis(columns, options.xTitle, columnNames, false),
      yaxis: axis(rows, options.yTitle, rowNames, true),
    },
    summary: `Heat map of ${rows} x ${columns} values${
      title ? `: ${title}` : ""
    }`,
  });
}

function textRows(texts: readonly string[], columns: number): string[][] {
  return Array.from(
    { length: texts.length / columns },
    (_, i) => texts.slice(i * columns, (i + 1) * columns),
  );
}

function axis(
  length: number,
  title: string | undefined,
  names: readonly string[],
  down: boolean,
) {
  const step = length <= 16
    ? 1
    : length <= 40
    ? 4
    : Math.ceil(length / 80) * 10;
  return {
    title: { text: title, standoff: 8 },
    ...(names.length > 0
      ? { tickvals: names.map((_, i) => i), ticktext: [...names] }
      : { dtick: step, tick0: 0 }),
    tickangle: 0,
    showgrid: false,
    zeroline: false,
    ticks: "" as const,
    range: down ? [length - 0.5, -0.5] : [-0.5, length - 0.5],
  };
}

/** Cells as wide as their texts, and square where no text stands. */
function cellSize(
  rows: number,
  columns: number,
  texts: readonly string[],
  columnNames: readonly string[],
  fontSize: number,
): { width: number; height: number } {
  if (texts.length === 0) {
    const side = Math.max(4, Math.min(24, 560 / Math.max(rows, columns)));
    return { width: side, height: side };
  }
  const text = Math.max(longest(texts), longest(columnNames));
  const width = Math.max(32, 12 + 0.58 * fontSize * text);
  return { width, height: Math.min(width, 34) };
}

function names(
  option: string,
  given: readonly string[] | undefined,
  length: number,
): readonly string[] {
  if (given && given.length !== length) {
    throw new TypeError(
      `heatMap() expects ${length} ${option} but found ${given.length}: name every one`,
    );
  }
  return given ?? [];
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
