/** Traces that Plotly draws but its published types do not know in full. */
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
