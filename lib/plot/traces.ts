/** Traces that several plots draw, and those that Plotly's types do not know in full. */
import type { Data, PlotData } from "plotly.js";

/** A heat map whose cells carry texts; the types know only a row of texts. */
export function heatTrace(
  trace: Omit<Partial<PlotData>, "text" | "z"> & {
    z: readonly (readonly (number | null)[])[];
    text?: readonly (readonly string[])[];
  },
): Data {
  return { ...trace, type: "heatmap" } as unknown as Data;
}

/** A picture as a trace; the types do not know its source. */
export function imageTrace(
  trace: { source: string; hovertemplate?: string; hoverinfo?: "skip" },
): Data {
  return { ...trace, type: "image" } as unknown as Data;
}

/** The ends of a straight line. */
export type Stroke = readonly [x0: number, y0: number, x1: number, y1: number];

/** Straight lines, all of one kind. */
export function strokes(
  ends: readonly Stroke[],
  line: Partial<PlotData["line"]>,
): Data {
  return {
    type: "scatter",
    mode: "lines",
    x: ends.flatMap(([x0, , x1]) => [x0, x1, null]),
    y: ends.flatMap(([, y0, , y1]) => [y0, y1, null]),
    line,
    hoverinfo: "skip",
  };
}
