import type { Data } from "plotly.js";
import {
  checkDigits,
  checkEnds,
  checkGiven,
  checkList,
  checkNumbers,
  checkText,
  checkTexts,
} from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { settle, shown, unset } from "../base/options.ts";
import { shapeText, type Tensor, tensor } from "../base/tensor.ts";
import { cellsAt, cellTexts, fixedRows } from "./cell_texts.ts";
import { checkScale, type ColourScale } from "./colours.ts";
import { entitled, type Figure, figure, titled } from "./figure.ts";
import { colourRange, type Range, rowsOf, scaleFor } from "./matrix.ts";
import { heatTrace } from "./traces.ts";
import { figureWidth, textWidth, titleWidth } from "./width.ts";

/** How a heat map looks. */
export interface HeatMapOptions {
  title?: string;
  /** Decimals of the numbers in the cells: 2 unless told. */
  digits?: number;
  /** Whether the numbers stand in the cells: where they can be read, unless told. */
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
 * 0 and dark is the largest value. Numbers stand in at most 400 cells, unless
 * told, and only where the figure has room for them.
 *
 * @param values A tensor [rows, columns], or nested arrays.
 * @throws {TypeError} Values with another number of axes, or NaN among them.
 * @throws {RangeError} Numbers asked for that have no room.
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
  const settled = settleHeatMap(options);
  const x = asMatrix(values);
  const [rows, columns] = x.shape;
  const { title, xTitle, yTitle } = settled;
  const columnNames = names("columnNames", settled.columnNames, columns);
  const rowNames = names("rowNames", settled.rowNames, rows);
  const shades = shadesOf(x, settled.shades);
  const range = settled.range ?? colourRange(shades.flat());
  const colours = settled.colours ?? scaleFor(range);

  const left = 40 + (yTitle ? 24 : 0) + 7.2 * longest(rowNames);
  const named = Math.max(...columnNames.map((name) => textWidth(name, 13)), 0);
  const { texts, width, height, fontSize } = cellsOf(
    x,
    settled,
    figureWidth - left,
    named,
  );
  const numbers = texts.length > 0;
  // Names that are wider than their column are turned.
  const turned = named + 4 > width;
  const right = Math.max(
    numbers ? 24 : 90,
    Math.max(280, titleWidth(title)) - left - columns * width,
  );
  const margin = {
    l: left,
    r: Math.round(right),
    t: title ? 54 : 18,
    b: (turned ? 14 + Math.round(named) : 30) + (xTitle ? 24 : 0),
  };
  return figure({
    data: cellTraces(shades, texts, range, colours, fontSize),
    layout: {
      ...titled(title),
      width: Math.min(
        figureWidth,
        Math.round(left + columns * width + margin.r),
      ),
      height: Math.round(rows * height + margin.t + margin.b),
      margin,
      plot_bgcolor: "#CCCCCC",
      xaxis: {
        ...axis(columns, xTitle, columnNames, false),
        tickangle: turned ? -90 : 0,
      },
      yaxis: axis(rows, yTitle, rowNames, true),
    },
    summary: entitled(`Heat map of ${rows} x ${columns} values`, title),
  });
}

/** The options, checked. */
function settleHeatMap(options: HeatMapOptions) {
  const settled = settle("heatMap", options, {
    ...unset("title", "numbers", "xTitle", "yTitle", "columnNames"),
    ...unset("rowNames", "colours", "range", "shades"),
    digits: 2,
  });
  const { title, xTitle, yTitle, columnNames, rowNames } = settled;
  const { digits, colours, range, shades } = settled;
  checkGiven(checkText, "heatMap", { title, xTitle, yTitle });
  checkGiven(checkTexts, "heatMap", { columnNames, rowNames });
  checkDigits("heatMap", digits);
  if (colours !== undefined) checkScale("heatMap", colours);
  checkGiven(checkEnds, "heatMap", { range });
  checkGiven(checkList, "heatMap", { "numbers as shades": shades });
  return settled;
}

/** The values as a tensor [rows, columns]. */
function asMatrix(values: Tensor | readonly (readonly number[])[]): Tensor {
  const x = asTensor(values);
  if (x.shape.length !== 2 || x.data.length === 0) {
    throw new TypeError(
      `heatMap() expects values [rows, columns] but found ${
        shapeText(x.shape)
      }: take one image and one channel, and reshape it`,
    );
  }
  checkNumbers(x, "heatMap");
  return x;
}

function asTensor(values: Tensor | readonly (readonly number[])[]): Tensor {
  if (!Array.isArray(values)) {
    checkTensor("heatMap", "values", values as Tensor);
    return values as Tensor;
  }
  try {
    return tensor(values);
  } catch (error) {
    throw new TypeError(
      `heatMap() expects rows of numbers, all equally long, but found ${
        shown(values)
      }: pass such as [[1, 0], [0, -1]]`,
      { cause: error },
    );
  }
}

/** The numbers behind the colours: the values themselves unless told. */
function shadesOf(x: Tensor, shades: ArrayLike<number> = x.data) {
  if (shades.length !== x.data.length) {
    throw new TypeError(
      `heatMap() expects ${x.data.length} shades but found ${shades.length}: give each cell one`,
    );
  }
  const matrix = { shape: x.shape, data: Float64Array.from(shades) };
  checkNumbers(matrix, "heatMap");
  return rowsOf(matrix);
}

/** The names of rows or columns, each so short that it leaves room for the map. */
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
  return (given ?? []).map((name) =>
    name.length > 36 ? `${name.slice(0, 35)}…` : name
  );
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}

/**
 * The cells: sizes, and what stands in them; no text where it could not be read.
 *
 * @param room Screen pixels for cells and what is at their right.
 * @param named Screen pixels of the longest column name.
 */
function cellsOf(
  x: Tensor,
  { numbers, digits }: ReturnType<typeof settleHeatMap>,
  room: number,
  named: number,
) {
  const [rows, columns] = x.shape;
  const texts = numbers ?? rows * columns <= 400
    ? fixedRows(rowsOf(x), digits)
    : [];
  const most = longest(texts.flat());
  const fitted = fitNumbers(columns, most, room - 24);
  if (numbers && !fitted) {
    throw new RangeError(
      `heatMap() expects numbers that can be read in ${columns} columns but found ${most} characters in one: take fewer columns or digits, or numbers: false`,
    );
  }
  if (fitted && texts.length > 0) {
    // As wide as the names, where there is room.
    const width = Math.min(
      Math.max(fitted.width, named + 12),
      (room - 24) / columns,
    );
    return { ...fitted, texts, width };
  }
  // Square cells; narrower where there are very many columns.
  const height = Math.max(4, Math.min(24, 560 / Math.max(rows, columns)));
  const width = Math.min(height, (room - 90) / columns);
  return { texts: [], width, height, fontSize: 0 };
}

/** Cells as wide as their numbers, in a smaller font where there are many; undefined where no font is small enough. */
function fitNumbers(
  columns: number,
  characters: number,
  room: number,
): { width: number; height: number; fontSize: number } | undefined {
  for (let fontSize = columns > 16 ? 11 : 13; fontSize >= 8; fontSize--) {
    const text = 0.58 * fontSize * characters;
    const least = Math.max(4 + text, 18);
    if (columns * least > room) continue;
    const width = Math.min(Math.max(32, 12 + text), room / columns);
    return { width, height: Math.min(width, 34), fontSize };
  }
}

/** The coloured cells, and the numbers in them where there are texts. */
function cellTraces(
  shades: number[][],
  texts: string[][],
  range: Range,
  colours: ColourScale,
  fontSize: number,
): Data[] {
  const numbers = texts.length > 0;
  const heat = heatTrace({
    z: shades,
    colorscale: colours,
    zmin: range[0],
    zmax: range[1],
    xgap: numbers ? 1 : 0,
    ygap: numbers ? 1 : 0,
    showscale: !numbers,
    colorbar: { thickness: 12, outlinewidth: 0 },
    ...(numbers ? { text: texts } : {}),
    hovertemplate: `row %{y}, column %{x}: %{${
      numbers ? "text" : "z"
    }}<extra></extra>`,
  });
  if (!numbers) return [heat];
  const cells = cellsAt(texts, shades, 0, 0);
  return [heat, cellTexts(cells, range, colours, fontSize)];
}

function axis(
  length: number,
  title: string | undefined,
  names: readonly string[],
  down: boolean,
) {
  const far = Math.ceil(length / 80) * 10;
  const step = length <= 16 ? 1 : length <= 40 ? 4 : far;
  return {
    title: { text: title, standoff: 8 },
    ...(names.length > 0
      ? { tickvals: names.map((_, i) => i), ticktext: [...names] }
      : { dtick: step, tick0: 0 }),
    tickangle: 0,
    showgrid: false,
    zeroline: false,
    ticks: "" as const,
    ticklabelstandoff: down ? 4 : 0, // a number must not touch its row
    range: down ? [length - 0.5, -0.5] : [-0.5, length - 0.5],
  };
}
