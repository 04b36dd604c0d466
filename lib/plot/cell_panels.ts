/**
 * Panels of numbered cells that share one pair of axes: what the animations of
 * convolution and pooling are drawn with.
 *
 * @module
 */
import type { Annotations, Data } from "plotly.js";
import { cellTexts } from "./cell_texts.ts";
import { ink } from "./colours.ts";
import { scaleFor } from "./matrix.ts";
import { texts } from "./sliding_steps.ts";
import { heatTrace } from "./traces.ts";

/** Where a panel's first cell lies, in cells of the whole picture. */
export interface Place {
  left: number;
  top: number;
}

/** The values at the ends of a panel's colours. */
export type Range = readonly [number, number];

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

/** The numbers in a panel's cells. */
export function numbers(
  values: readonly (readonly number[])[],
  place: Place,
  range: Range,
  cell: number,
): Data {
  const written = texts(values);
  const longest = Math.max(...written.flat().map((t) => t.length));
  return cellTexts(
    values.flatMap((row, i) =>
      row.map((value, j) => ({
        x: place.left + j + 0.5,
        y: place.top + i + 0.5,
        text: written[i][j],
        value,
      }))
    ),
    range,
    scaleFor(range),
    fontFor(cell, longest),
  );
}

/** The largest font with which the longest text fits into a cell. */
export function fontFor(cell: number, longest: number): number {
  return Math.max(5, Math.min(15, Math.floor((cell - 3) / (0.56 * longest))));
}

/** Outlines around the cells under the window; neighbours share theirs. */
export function boxes(
  cells: readonly (readonly [number, number])[],
  place: Place,
  colour: string,
): Data {
  const has = new Set(cells.map(([i, j]) => `${i},${j}`));
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  const line = (x0: number, y0: number, x1: number, y1: number) => {
    x.push(place.left + x0, place.left + x1, null);
    y.push(place.top + y0, place.top + y1, null);
  };
  for (const [i, j] of cells) {
    if (!has.has(`${i - 1},${j}`)) line(j, i, j + 1, i);
    if (!has.has(`${i + 1},${j}`)) line(j, i + 1, j + 1, i + 1);
    if (!has.has(`${i},${j - 1}`)) line(j, i, j, i + 1);
    if (!has.has(`${i},${j + 1}`)) line(j + 1, i, j + 1, i + 1);
  }
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: colour, width: 4 },
    hoverinfo: "skip",
  };
}

/** Thin lines around every cell of every panel. */
export function gridTrace(
  panels: readonly (readonly [readonly (readonly unknown[])[], Place])[],
): Data {
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  for (const [values, place] of panels) {
    const high = values.length;
    const wide = values[0].length;
    for (let i = 0; i <= high; i++) {
      x.push(place.left, place.left + wide, null);
      y.push(place.top + i, place.top + i, null);
    }
    for (let j = 0; j <= wide; j++) {
      x.push(place.left + j, place.left + j, null);
      y.push(place.top, place.top + high, null);
    }
  }
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: "#8C8C8C", width: 1 },
    hoverinfo: "skip",
  };
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
