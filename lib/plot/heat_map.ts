import { show as shapeText, type Tensor, tensor } from "../tensor.ts";
import { type ColourScale, diverging, sequential } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { heatTrace } from "./traces.ts";
import { formatNumber } from "./round.ts";

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
}

/**
 * A matrix as coloured cells with its numbers in them.
 *
 * With negative values the colours are centred: white is 0. Otherwise white is
 * the smallest value, or 0.
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
  const x = "shape" in values ? values : tensor(values);
  const [rows, columns] = x.shape;
  if (x.shape.length !== 2 || x.data.length === 0) {
    throw new TypeError(
      `heatMap() expects values [rows, columns] but found ${
        shapeText(x.shape)
      }: take one image and one channel, and reshape it`,
    );
  }
  const z = matrix(x, "heatMap");
  const { title, digits = 2, numbers = rows * columns <= 400 } = options;
  const text = z.map((row) => row.map((v) => formatNumber(v, digits)));
  const longest = Math.max(...text.flat().map((t) => t.length));
  const fontSize = 13;
  const needed = numbers ? Math.max(34, 14 + longest * fontSize * 0.58) : 4;
  const cell = numbers
    ? Math.min(needed, Math.max(22, 680 / columns))
    : Math.max(4, Math.min(24, 560 / Math.max(rows, columns)));
  const range = options.range ?? colourRange(x.data);
  const top = title ? 56 : 20;
  const names = options.rowNames ?? [];
  const left = 48 + (options.yTitle ? 20 : 0) +
    7 * Math.max(0, ...names.map((name) => name.length));
  const bottom = 34 + (options.xTitle ? 22 : 0);
  const width = columns * cell;
  const height = rows * (numbers ? Math.min(cell, 40) : cell);
  return figure({
    data: [heatTrace({
      z,
      ...(numbers ? { text, texttemplate: "%{text}" } : {}),
      textfont: { size: fontSize },
      x: options.columnNames ? [...options.columnNames] : undefined,
      y: options.rowNames ? [...options.rowNames] : undefined,
      colorscale: options.colours ?? scaleFor(range),
      zmin: range[0],
      zmax: range[1],
      xgap: 1,
      ygap: 1,
      showscale: !numbers,
      colorbar: { thickness: 12, outlinewidth: 0 },
      hovertemplate: "row %{y}, column %{x}: %{z}<extra></extra>",
    })],
    layout: {
      ...titled(title),
      width: Math.max(300, Math.round(width + left + (numbers ? 24 : 90))),
      height: Math.round(height + top + bottom),
      margin: {
        l: left,
        r: Math.max(numbers ? 24 : 90, 300 - left - width),
        t: top,
        b: bottom,
      },
      plot_bgcolor: "#CCCCCC",
      xaxis: {
        title: { text: options.xTitle },
        dtick: tick(columns),
        type: options.columnNames ? "category" : "linear",
        showgrid: false,
        zeroline: false,
        range: [-0.5, columns - 0.5],
        ticks: "",
      },
      yaxis: {
        title: { text: options.yTitle },
        dtick: tick(rows),
        type: options.rowNames ? "category" : "linear",
        showgrid: false,
        zeroline: false,
        range: [rows - 0.5, -0.5],
        ticks: "",
      },
    },
    summary: `Heat map of ${rows} x ${columns} values${
      title ? `: ${title}` : ""
    }`,
  });
}

/** Rows of a tensor [rows, columns]; NaN is an error. */
export function matrix(x: Tensor, name: string): number[][] {
  const [rows, columns] = x.shape;
  const bad = x.data.findIndex((v) => Number.isNaN(v));
  if (bad >= 0) {
    throw new TypeError(
      `${name}() expects numbers but found NaN at place ${bad} of ${
        shapeText(x.shape)
      }: find out where it arose`,
    );
  }
  return Array.from(
    { length: rows },
    (_, i) => Array.from(x.data.subarray(i * columns, (i + 1) * columns)),
  );
}

/** Ends of the colours: about 0 where there are negative values, else from 0. */
export function colourRange(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low < 0) {
    const most = Math.max(-low, high);
    return [-most, most];
  }
  return [0, high > 0 ? high : 1];
}

/** Centred colours for a range on both sides of 0. */
export function scaleFor(range: readonly [number, number]): ColourScale {
  return range[0] < 0 ? diverging : sequential;
}

function tick(length: number): number {
  return length <= 16 ? 1 : length <= 40 ? 4 : Math.ceil(length / 80) * 10;
}
