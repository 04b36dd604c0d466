/**
 * Panels of numbered cells that share one pair of axes: what the animations of
 * convolution and pooling are drawn with.
 *
 * @module
 */
import type { Data } from "plotly.js";
import { cellsAt, cellTexts, fixedRows } from "./cell_texts.ts";
import { colourRange, type Range, scaleFor } from "./matrix.ts";
import { heatTrace, type Stroke, strokes } from "./traces.ts";

/** Where a panel's first cell lies, in cells of the whole picture. */
export interface Place {
  left: number;
  top: number;
}

/** A panel: its name, its cells or some of as many, and its place. */
export type Panel = readonly [
  name: string,
  values: readonly (readonly unknown[])[],
  place: Place,
];

/** A panel's rows and columns. */
export type Size = readonly [rows: number, columns: number];

/**
 * Panels in columns, two cells apart, each column centred.
 *
 * @param columns The panels of each column from top to bottom.
 * @param least Cells that each column is wide at least, so that its names have room.
 * @param head Cells above for the names of the panels.
 * @param between Cells between two panels of a column.
 */
export function arrange(
  columns: readonly (readonly Size[])[],
  least: readonly number[],
  head: number,
  between: number,
) {
  const heights = columns.map((panels) =>
    panels.reduce((sum, [rows]) => sum + rows + between, -between)
  );
  const body = Math.max(...heights);
  let right = -2;
  const places = columns.flatMap((panels, c) => {
    const left = right + 2;
    const width = Math.max(least[c], ...panels.map(([, wide]) => wide));
    right = left + width;
    let top = head + (body - heights[c]) / 2;
    return panels.map(([rows, wide]) => {
      const place = { left: left + (width - wide) / 2, top };
      top += rows + between;
      return place;
    });
  });
  return { places, width: right, bottom: head + body };
}

/** Coloured cells; null leaves a cell free. */
export function panel(
  z: (number | null)[][],
  place: Place,
  range: Range,
  colours = scaleFor(range),
): Data {
  return heatTrace({
    z,
    x0: place.left + 0.5,
    dx: 1,
    y0: place.top + 0.5,
    dy: 1,
    zmin: range[0],
    zmax: range[1],
    colorscale: colours,
    showscale: false,
    hoverinfo: "skip",
  });
}

/** Coloured cells, `cell` screen pixels wide, and the numbers in them. */
export function numbered(
  values: number[][],
  place: Place,
  cell: number,
  range: Range = colourRange(values.flat()),
  coloured: (number | null)[][] = values,
): Data[] {
  const texts = fixedRows(values);
  const cells = cellsAt(texts, values, place.left + 0.5, place.top + 0.5);
  return [
    panel(coloured, place, range),
    cellTexts(cells, range, scaleFor(range), fontFor(cell, texts)),
  ];
}

/** The largest font with which the longest text fits into a cell. */
export function fontFor(
  cell: number,
  texts: readonly (readonly string[])[],
): number {
  const longest = texts.flat().reduce((n, t) => Math.max(n, t.length), 0);
  return Math.max(5, Math.min(15, Math.floor((cell - 3) / (0.56 * longest))));
}

/** A sentence below the panels. */
export function sentence(text: string, top: number, size: number): Data {
  return {
    type: "scatter",
    mode: "text",
    x: [0],
    y: [top],
    text: [text],
    textposition: "bottom right",
    textfont: { size },
    cliponaxis: false,
    hoverinfo: "skip",
  };
}

/** Outlines around the cells under the window; neighbours share theirs. */
export function boxes(
  cells: readonly (readonly [number, number])[],
  { left, top }: Place,
  colour: string,
): Data {
  const has = new Set(cells.map((cell) => cell.join()));
  const sides = cells.flatMap(([i, j]) => {
    const [x0, y0, x1, y1] = [left + j, top + i, left + j + 1, top + i + 1];
    const all: [string, Stroke][] = [
      [`${i - 1},${j}`, [x0, y0, x1, y0]],
      [`${i + 1},${j}`, [x0, y1, x1, y1]],
      [`${i},${j - 1}`, [x0, y0, x0, y1]],
      [`${i},${j + 1}`, [x1, y0, x1, y1]],
    ];
    return all.flatMap(([next, side]) => has.has(next) ? [] : [side]);
  });
  return strokes(sides, { color: colour, width: 4 });
}

/** Thin lines around every cell of every panel. */
export function gridTrace(panels: readonly Panel[]): Data {
  const lines = panels.flatMap(([, values, { left, top }]) => {
    const [high, wide] = [values.length, values[0].length];
    const lines: Stroke[] = [];
    for (let i = 0; i <= high; i++) {
      lines.push([left, top + i, left + wide, top + i]);
    }
    for (let j = 0; j <= wide; j++) {
      lines.push([left + j, top, left + j, top + high]);
    }
    return lines;
  });
  return strokes(lines, { color: "#8C8C8C", width: 1 });
}
