import type { Data } from "plotly.js";
import { checkDigits, checkTexts } from "../base/arguments.ts";
import { formatNumber } from "../base/numbers.ts";
import { settle, shown, unset } from "../base/options.ts";
import {
  chartDefaults,
  chartLayout,
  type ChartOptions,
  checkSeries,
  errorBars,
  seriesEnds,
  seriesNumbers,
} from "./charts.ts";
import { ink, inkOn, rgbOf, seriesColour } from "./colours.ts";
import { entitled, type Figure, figure } from "./figure.ts";
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
  const layout = chartLayout("barChart", settled, all.length > 1);
  const bargap = categories.length < 4 ? 0.5 : 0.25;
  const barWidth = (settled.width - 100) / categories.length * (1 - bargap) /
    all.length;
  return figure({
    data: all.map((one, i) => barTrace(one, i, categories, digits, barWidth)),
    layout: {
      ...layout,
      bargap,
      xaxis: { ...layout.xaxis, type: "category", showgrid: false },
    },
    summary: entitled(`Bar chart of ${categories.join(", ")}`, settled.title),
  });
}

/** The bars of one series, `width` screen pixels each, with their numbers. */
function barTrace(
  series: BarSeries,
  index: number,
  categories: readonly string[],
  digits: number,
  width: number,
): Data {
  const one = settle("barChart", series, unset("name", "y", "low", "high"));
  const count = categories.length;
  const y = seriesNumbers(one.y, count, "barChart", `"${one.name}" y`);
  if (y.includes(null)) {
    throw new TypeError(
      `barChart() "${one.name}" y expects a number for each category but found null at place ${
        y.indexOf(null)
      }: leave the category out`,
    );
  }
  const heights = y as number[];
  const ends = seriesEnds(one, count, "barChart");
  const color = seriesColour(index);
  const text = barTexts(heights, digits);
  // A number stands upright, unless that would shrink it beyond reading. An
  // interval starts at the top of its bar, so the number stands below.
  const needed = ends ? 40 : textWidth(text.join("\n"), 12);
  const font = ends
    ? { insidetextfont: { size: 12, color: inkOn(rgbOf(color)) } }
    : { outsidetextfont: { size: 12 } };
  return {
    type: "bar",
    name: one.name,
    x: [...categories],
    y,
    text,
    textposition: ends ? "inside" : "outside",
    insidetextanchor: ends ? "start" : "end",
    textangle: width < needed ? -90 : 0,
    constraintext: "none",
    ...font,
    cliponaxis: false,
    marker: { color },
    ...(ends ? { error_y: errorBars(heights, ends, ink, 1.5) } : {}),
    hovertemplate: `%{x}, ${one.name}: %{y}<extra></extra>`,
  };
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
