import type { Data } from "plotly.js";
import { checkWord, settle, unset } from "../base/options.ts";
import {
  chartFigure,
  type ChartOptions,
  checkSeries,
  seriesEnds,
  seriesPlaces,
  settleChart,
} from "./charts.ts";
import { checkColour, seriesColour, transparent } from "./colours.ts";
import type { Figure } from "./figure.ts";

/** One line of a chart, with the ends of its interval where it has one. */
export interface LineSeries {
  name: string;
  x: ArrayLike<number>;
  /** null leaves a gap. */
  y: ArrayLike<number | null>;
  /** Ends of the interval around each y. */
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
  const data = series.flatMap(lineTraces);
  return chartFigure("lineChart", "Line chart", series, settled, data);
}

/** The traces of one series: its band first, so that lines lie above it. */
function lineTraces(series: LineSeries, index: number): Data[] {
  const given = settle("lineChart", series, {
    ...unset("name", "x", "y", "low", "high"),
    colour: seriesColour(index),
    dash: "solid",
  });
  const { name, dash, colour } = given;
  checkWord("lineChart", "dash", dash, ["solid", "dash", "dot"]);
  checkColour("lineChart", "colour", colour);
  const { x, y } = seriesPlaces(given, "lineChart");
  const ends = seriesEnds(given, x.length, "lineChart");
  const band: Data[] = ends
    ? [{
      type: "scatter",
      mode: "lines",
      x: [...x, ...x.toReversed()],
      y: [...ends.high, ...ends.low.toReversed()],
      fill: "toself",
      fillcolor: transparent(colour, 0.18),
      line: { width: 0 },
      hoverinfo: "skip",
      showlegend: false,
      legendgroup: name,
    }]
    : [];
  return [...band, {
    type: "scatter",
    mode: x.length > 40 ? "lines" : "lines+markers",
    name,
    x,
    y,
    line: { color: colour, width: 2, dash },
    marker: { color: colour, size: 6 },
    legendgroup: name,
    hovertemplate: `${name}: %{y} at %{x}<extra></extra>`,
  }];
}
