import { checkColour } from "./colours.ts";
import type { Data } from "plotly.js";
import { checkWord, settle } from "../base/options.ts";
import { checkList } from "../base/arguments.ts";
import {
  chartLayout,
  type ChartOptions,
  checkSeries,
  seriesNumbers,
  settleChart,
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
  const settled = settleChart("lineChart", options);
  checkSeries("lineChart", series);
  return figure({
    data: series.flatMap((one, i) => lineTraces(one, i, "lineChart")),
    layout: chartLayout("lineChart", settled, series.length > 1),
    summary: `Line chart of ${series.map((s) => s.name).join(", ")}${
      settled.title ? `: ${settled.title}` : ""
    }`,
  });
}

/** The traces of one series: its band first, so that lines lie above it. */
export function lineTraces(
  series: LineSeries,
  index: number,
  caller: string,
): Data[] {
  const { name, low, high, dash, colour, ...points } = settle(caller, series, {
    name: undefined,
    x: undefined,
    y: undefined,
    low: undefined,
    high: undefined,
    colour: seriesColour(index),
    dash: "solid",
  });
  checkWord(caller, "dash", dash, ["solid", "dash", "dot"]);
  checkColour(caller, "colour", colour);
  checkList(caller, `"${name}" x`, points.x);
  const numbers = (values: ArrayLike<number | null>, part: string) =>
    seriesNumbers(values, points.x.length, caller, `"${name}" ${part}`);
  const x = numbers(points.x, "x");
  const y = numbers(points.y, "y");
  const traces: Data[] = [];
  if ((low === undefined) !== (high === undefined)) {
    throw new TypeError(
      `${caller}() "${name}" interval expects low and high but found only ${
        low === undefined ? "high" : "low"
      }: pass both`,
    );
  }
  if (low !== undefined && high !== undefined) {
    const down = numbers(low, "low");
    const up = numbers(high, "high");
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
