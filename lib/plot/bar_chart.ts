import { settle, shown } from "../base/options.ts";
import { checkDigits, checkTexts } from "../base/arguments.ts";
import {
  chartDefaults,
  chartLayout,
  type ChartOptions,
  checkSeries,
  seriesNumbers,
} from "./charts.ts";
import { inkOn, rgbOf, seriesColour } from "./colours.ts";
import { type Figure, figure } from "./figure.ts";
import { formatNumber } from "../base/numbers.ts";
import { textWidth } from "./width.ts";

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
  checkTexts("barChart", "categories", categories);
  const { digits, ...settled } = settle<
    ChartOptions & { digits?: number },
    typeof chartDefaults & { digits: 3 }
  >("barChart", options, { ...chartDefaults, digits: 3 });
  checkDigits("barChart", digits);
  const all = typeof series[0] === "number"
    ? [{ name: settled.yTitle ?? "value", y: series as ArrayLike<number> }]
    : series as readonly BarSeries[];
  checkSeries("barChart", all);
  const base = chartLayout("barChart", settled, all.length > 1);
  const bargap = categories.length < 4 ? 0.5 : 0.25;
  const inside = (base.width ?? 700) - 100;
  const barWidth = inside / categories.length * (1 - bargap) / all.length;
  return figure({
    data: all.map((given: BarSeries, i) => {
      const one = settle("barChart", given, {
        name: undefined,
        y: undefined,
        low: undefined,
        high: undefined,
      });
      const numbers = (part: "y" | "low" | "high") =>
        seriesNumbers(
          one[part] as ArrayLike<number>,
          categories.length,
          "barChart",
          `"${one.name}" ${part}`,
        ) as number[];
      const y = numbers("y");
      if (y.includes(null as never)) {
        throw new TypeError(
          `barChart() "${one.name}" y expects a number for each category but found null at place ${
            y.indexOf(null as never)
          }: leave the category out`,
        );
      }
      if ((one.low === undefined) !== (one.high === undefined)) {
        throw new TypeError(
          `barChart() "${one.name}" interval expects low and high but found only ${
            one.low === undefined ? "high" : "low"
          }: pass both`,
        );
      }
      const texts = barTexts(y, digits);
      const interval = one.low !== undefined
        ? { low: numbers("low"), high: numbers("high") }
        : undefined;
      return {
        type: "bar",
        name: one.name,
        x: [...categories],
        y,
        text: texts,
        // An interval starts at the top of its bar, so the number stands below.
        textposition: interval ? "inside" : "outside",
        insidetextanchor: interval ? "start" : "end",
        ...(interval
          ? {
            // Upright, unless that would shrink it beyond reading.
            textangle: barWidth < 40 ? -90 : 0,
            constraintext: "none",
            insidetextfont: { size: 12, color: inkOn(rgbOf(seriesColour(i))) },
          }
          : {
            textangle: barWidth < textWidth(texts.join("\n"), 12) ? -90 : 0,
            constraintext: "none",
            outsidetextfont: { size: 12 },
          }),
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
      bargap,
      xaxis: { ...base.xaxis, type: "category", showgrid: false },
    },
    summary: `Bar chart of ${categories.join(", ")}${
      settled.title ? `: ${settled.title}` : ""
    }`,
  });
}

/**
 * The numbers on the bars. Beside larger ones, a value that its decimals hide is
 * "<0.01", since no bar of that height is to be seen.
 */
function barTexts(y: readonly number[], digits: number): string[] {
  const least = 10 ** -digits;
  const hides = y.some((v) => Math.abs(v) >= least);
  return y.map((v) => {
    if (!hides || v === 0 || Math.abs(v) >= least / 2) {
      return formatNumber(v, digits);
    }
    return v > 0
      ? `<${formatNumber(least, digits)}`
      : `>${formatNumber(-least, digits)}`;
  });
}
