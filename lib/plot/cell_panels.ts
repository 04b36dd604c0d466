/**
 * Panels of numbered cells that share one pair of axes: what the animations of
 * convolution and pooling are drawn with.
 *
 * @module
 */
import type { Annotations, Data } from "plotly.js";
import { cellsAt, cellTexts, fixedRows } from "./cell_texts.ts";
import { ink } from "./colours.ts";
import { type Range, scaleFor } from "./matrix.ts";
import { heatTrace, strokes } from "./traces.ts";

/** Where a panel's first cell lies, in cells of the whole picture. */
export interface Place {
  left: number;
  top: number;
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

/** The numbers in a panel's cells, which are `cell` screen pixels wide. */
export function numbers(
  values: readonly (readonly number[])[],
  place: Place,
  range: Range,
  cell: number,
): Data {
  const texts = fixedRows(values);
  return cellTexts(
    cellsAt(texts, values, place.left + 0.5, place.top + 0.5),
    range,
    scaleFor(range),
    fontFor(cell, texts),
  );
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
  const has = new Set(cells.map(([i, j]) => `${i},${j}`));
  const sides = cells.flatMap(([i, j]) => {
    const [x, y] = [left + j, top + i];
    const [right, bottom] = [left + j + 1, top + i + 1];
    return ([
      [[i - 1, j], [x, y, right, y]],
      [[i + 1, j], [x, bottom, right, bottom]],
      [[i, j - 1], [x, y, x, bottom]],
      [[i, j + 1], [right, y, right, bottom]],
    ] as const).flatMap(([next, side]) => has.has(next.join()) ? [] : [side]);
  });
  return strokes(sides, { color: colour, width: 4 });
}

/** Thin lines around every cell of every panel. */
export function gridTrace(
  panels: readonly (readonly [readonly (readonly unknown[])[], Place])[],
): Data {
  const steps = (count: number) =>
    Array.from({ length: count + 1 }, (_, i) => i);
  const lines = panels.flatMap(([values, { left, top }]) => {
    const right = left + values[0].length;
    const bottom = top + values.length;
    return [
      ...steps(values.length).map((i) =>
        [left, top + i, right, top + i] as const
      ),
      ...steps(values[0].length).map((j) =>
        [left + j, top, left + j, bottom] as const
      ),
    ];
  });
  return strokes(lines, { color: "#8C8C8C", width: 1 });
}

/** A text centred above a panel that is `wide` cells wide. */
export function caption(
  text: string,
  place: Place,
  wide: number,
): Partial<Annotations> {
  return {
    text,
    x: place.left + wide / 2,
    y: place.top - 0.15,
    xanchor: "center",
    yanchor: "bottom",
    showarrow: false,
    font: { size: 13, color: ink },
  };
}
