import type { Data } from "plotly.js";
import {
  chartLayout,
  type ChartOptions,
  checkChart,
  seriesNumbers,
} from "./charts.ts";
import { seriesColour, transparent } from "./colours.ts";
import { type Figure, figure } from "./figure.ts";

/** One line of a chart, with the ends of its interval where it has one. */
export interface LineSeries {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number | null>;
  low?: ArrayLike<number>;
  high?: ArrayLike<number>;
  colour?: string;
  dash?: "solid" | "dash" | "dot";
}

/**
 * Lines over a common axis; an interval is drawn as a band around its line.
 *
 * @throws {TypeError} No series, series of unequal length, or NaN among the numbers.
 *
 * @example
 * ```ts
 * import { lineChart } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const chart = lineChart(
 *   [{ name: "CNN", x: [0, 1], y: [0.9, 0.8], low: [0.8, 0.7], high: [1, 0.9] }],
 *   { title: "Accuracy by shift", xTitle: "shift (pixels)", yTitle: "accuracy" },
 * );
 * assertEquals(chart.data.length, 2); // the band and its line
 * ```
 */
export function lineChart(
  series: readonly LineSeries[],
  options: ChartOptions = {},
): Figure {
  checkChart("lineChart", series, options);
  return figure({
    data: series.flatMap((one, i) => lineTraces(one, i, "lineChart")),
    layout: chartLayout(options, series.length > 1),
    summary: `Line chart of ${series.map((s) => s.name).join(", ")}${
      options.title ? `: ${options.title}` : ""
    }`,
  });
}

/** The traces of one series: its band first, so that lines lie above it. */
export function lineTraces(
  series: LineSeries,
  index: number,
  caller: string,
): Data[] {
  const { name, low, high, dash = "solid" } = series;
  const colour = series.colour ?? seriesColour(index);
  const at = (part: string) => `${caller}() "${name}" ${part}`;
  const x = seriesNumbers(series.x, series.x.length, at("x"));
  const y = seriesNumbers(series.y, x.length, at("y"));
  const traces: Data[] = [];
  if ((low === undefined) !== (high === undefined)) {
    throw new TypeError(
      `${at("interval")} expects low and high but found only ${
        low ? "low" : "high"
      }: pass both`,
    );
  }
  if (low && high) {
    const down = seriesNumbers(low, x.length, at("low"));
    const up = seriesNumbers(high, x.length, at("high"));
    traces.push({
      type: "scatter",
      mode: "lines",
      x: [...x, ...x.toReversed()],
      y: [...up, ...down.toReversed()],
      fill: "toself",
      fillcolor: transparent(colour, 0.18),
      line: { width: 0 },
      hoverinfo: "skip",
      showlegend: false,
      legendgroup: name,
    });
  }
  traces.push({
    type: "scatter",
    mode: x.length > 40 ? "lines" : "lines+markers",
    name,
    x,
    y,
    line: { color: colour, width: 2, dash },
    marker: { color: colour, size: 6 },
    legendgroup: name,
    hovertemplate: `${name}: %{y} at %{x}<extra></extra>`,
  });
  return traces;
}
