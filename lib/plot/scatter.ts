import type { Data } from "plotly.js";
import { checkTexts } from "../base/arguments.ts";
import { settle, shown, unset } from "../base/options.ts";
import {
  chartFigure,
  type ChartOptions,
  checkSeries,
  seriesPlaces,
  seriesSymbol,
  settleChart,
} from "./charts.ts";
import { seriesColour } from "./colours.ts";
import type { Figure } from "./figure.ts";

/** Points of one colour; texts stand beside them where given. */
export interface PointSeries {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  texts?: readonly string[];
}

/**
 * Points in the plane; each series has its own colour and its own mark.
 *
 * @throws {TypeError} No series, x and y of unequal length, or NaN among them.
 *
 * @example
 * ```ts
 * import { scatter } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const chart = scatter([{ name: "nets", x: [1, 2], y: [0.9, 0.95], texts: ["a", "b"] }]);
 * assertEquals(chart.data.length, 1);
 * ```
 */
export function scatter(
  series: readonly PointSeries[],
  options: ChartOptions = {},
): Figure {
  const settled = settleChart("scatter", options);
  checkSeries("scatter", series);
  const data = series.map(pointTrace);
  return chartFigure("scatter", "Scatter chart", series, settled, data);
}

/** The trace of one series; more points than 200 are small and pale. */
function pointTrace(series: PointSeries, index: number): Data {
  const given = settle("scatter", series, unset("name", "x", "y", "texts"));
  const { name, texts } = given;
  const { x, y } = seriesPlaces(given, "scatter");
  if (texts !== undefined) {
    checkTexts("scatter", `texts of "${name}"`, texts);
    if (texts.length !== x.length) {
      throw new TypeError(
        `scatter() expects ${x.length} texts of "${name}" but found ${
          shown(texts.length)
        }: give each point one`,
      );
    }
  }
  const many = x.length > 200;
  return {
    type: "scatter",
    mode: texts ? "text+markers" : "markers",
    name,
    x,
    y,
    ...(texts ? { text: [...texts], textposition: "top center" } : {}),
    cliponaxis: false,
    marker: {
      color: seriesColour(index),
      symbol: seriesSymbol(index),
      size: many ? 5 : 9,
      opacity: many ? 0.6 : 1,
    },
    hovertemplate: `${name}: %{x}, %{y}<extra>%{text}</extra>`,
  };
}
