/** What line, bar and scatter charts share: axes, checks, intervals. */
import type { Layout, LayoutAxis } from "plotly.js";
import { checkOptions, shown } from "../options.ts";
import { gridLine, ink } from "./colours.ts";
import { titled } from "./figure.ts";

/** Titles and sizes of a chart. */
export interface ChartOptions {
  title?: string;
  xTitle?: string;
  yTitle?: string;
  /** Ends of the axes: Plotly chooses unless told. */
  xRange?: readonly [number, number];
  yRange?: readonly [number, number];
  width?: number;
  height?: number;
  /** "log" spaces powers of ten evenly. */
  xScale?: "linear" | "log";
  yScale?: "linear" | "log";
}

/** What every chart knows; `caller` may know more. */
const KNOWN = [
  ...["title", "xTitle", "yTitle", "xRange", "yRange"],
  ...["width", "height", "xScale", "yScale"],
];

/** Throws unless there is at least one series, and on an unknown option. */
export function checkChart(
  caller: string,
  series: readonly unknown[],
  options: ChartOptions,
  more: readonly string[] = [],
): void {
  if (!Array.isArray(series) || series.length === 0) {
    throw new TypeError(
      `${caller}() expects at least one series but found ${
        Array.isArray(series) ? "none" : shown(series)
      }: pass [{ name, x, y }]`,
    );
  }
  checkOptions(caller, options, [...KNOWN, ...more]);
}

/** The layout that a chart's options ask for. */
export function chartLayout(
  options: ChartOptions,
  legend: boolean,
): Partial<Layout> {
  const { title, width = 720, height = 400 } = options;
  const top = (title ? 48 : 16) + (legend ? 30 : 0);
  return {
    ...titled(title),
    width,
    height: height + (legend ? 30 : 0),
    margin: { l: 70, r: 30, t: top, b: 56 },
    showlegend: legend,
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1.02,
      yanchor: "bottom",
      font: { size: 13 },
    },
    hovermode: "closest",
    xaxis: chartAxis(options.xTitle, options.xScale, options.xRange),
    yaxis: chartAxis(options.yTitle, options.yScale, options.yRange),
  };
}

/** One axis: a thin line, pale grid, its title. */
export function chartAxis(
  title: string | undefined,
  scale: "linear" | "log" | undefined,
  range: readonly [number, number] | undefined,
): Partial<LayoutAxis> {
  const ends = range && scale === "log"
    ? range.map((v) => Math.log10(v))
    : range;
  return {
    title: { text: title, standoff: 10 },
    ...(scale ? { type: scale } : {}),
    ...(ends ? { range: [...ends] } : {}),
    gridcolor: gridLine,
    zeroline: false,
    showline: true,
    linecolor: ink,
    ticks: "outside",
    tickcolor: ink,
    automargin: true,
  };
}

/**
 * The numbers of a series, checked.
 *
 * @throws {TypeError} Another number of them than expected, or NaN among them.
 */
export function seriesNumbers(
  values: ArrayLike<number | null>,
  length: number,
  where: string,
): (number | null)[] {
  if (values.length !== length) {
    throw new TypeError(
      `${where} expects ${length} numbers but found ${values.length}: give each x one value`,
    );
  }
  return Array.from(values, (value, i) => {
    if (value !== null && !Number.isFinite(value)) {
      throw new TypeError(
        `${where} expects numbers but found ${value} at place ${i}: pass null to leave a gap`,
      );
    }
    return value;
  });
}
