import { shown } from "../options.ts";
import {
  chartLayout,
  type ChartOptions,
  checkChart,
  seriesNumbers,
} from "./charts.ts";
import { seriesColour } from "./colours.ts";
import { type Figure, figure } from "./figure.ts";
import { formatNumber } from "./round.ts";

/** Bars of one colour, with the ends of their intervals where they have some. */
export interface BarSeries {
  name: string;
  y: ArrayLike<number>;
  low?: ArrayLike<number>;
  high?: ArrayLike<number>;
}

/**
 * Bars with their values on top, side by side where there are several series.
 *
 * @param categories Names under the bars.
 * @param series Heights, one a category; a bare list of numbers is one series.
 * @throws {TypeError} Another number of values than categories, or NaN among them.
 *
 * @example
 * ```ts
 * import { barChart } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const chart = barChart(["MLP", "CNN"], [0.93, 0.985], { yTitle: "accuracy" });
 * assertEquals(chart.data.length, 1);
 * ```
 */
export function barChart(
  categories: readonly string[],
  series: ArrayLike<number> | readonly BarSeries[],
  options: ChartOptions & { digits?: number } = {},
): Figure {
  if (!(categories?.length > 0 && series?.length > 0)) {
    throw new TypeError(
      `barChart() expects categories and values but found ${
        shown(categories)
      } and ${shown(series)}: pass ["MLP", "CNN"], [0.93, 0.985]`,
    );
  }
  const all = typeof series[0] === "number"
    ? [{ name: options.yTitle ?? "value", y: series as ArrayLike<number> }]
    : series as readonly BarSeries[];
  checkChart("barChart", all, options, ["digits"]);
  const { digits = 3 } = options;
  const base = chartLayout(options, all.length > 1);
  return figure({
    data: all.map((one: BarSeries, i) => {
      const numbers = (values: ArrayLike<number>, part: string) =>
        seriesNumbers(
          values,
          categories.length,
          `barChart() "${one.name}" ${part}`,
        ) as number[];
      const y = numbers(one.y, "y");
      const interval = one.low && one.high
        ? {
          low: numbers(one.low, "low"),
          high: numbers(one.high, "high"),
        }
        : undefined;
      return {
        type: "bar",
        name: one.name,
        x: [...categories],
        y,
        text: y.map((v) => formatNumber(v, digits)),
        // An interval starts at the top of its bar, so the number stands below.
        textposition: interval ? "inside" : "outside",
        insidetextanchor: interval ? "start" : "end",
        textangle: 0,
        cliponaxis: false,
        marker: { color: seriesColour(i) },
        ...(interval
          ? {
            error_y: {
              type: "data",
              symmetric: false,
              array: interval.high.map((v, j) => v - y[j]),
              arrayminus: interval.low.map((v, j) => y[j] - v),
              thickness: 1.5,
              width: 5,
              color: "#222222",
            },
          }
          : {}),
        hovertemplate: `%{x}, ${one.name}: %{y}<extra></extra>`,
      };
    }),
    layout: {
      ...base,
      bargap: categories.length < 4 ? 0.5 : 0.25,
      xaxis: { ...base.xaxis, type: "category", showgrid: false },
    },
    summary: `Bar chart of ${categories.join(", ")}${
      options.title ? `: ${options.title}` : ""
    }`,
  });
}
