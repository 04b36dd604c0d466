/** What line, bar and scatter charts share: axes, checks, intervals. */
import type { Layout, LayoutAxis } from "plotly.js";
import { checkWord, settle, shown } from "../base/options.ts";
import {
  checkEnds,
  checkList,
  checkPositive,
  checkText,
} from "../base/arguments.ts";
import { gridLine, ink } from "./colours.ts";
import { titled } from "./figure.ts";
import { checkWidth, figureWidth } from "./width.ts";

/** Titles and sizes of a chart. */
export interface ChartOptions {
  title?: string;
  xTitle?: string;
  yTitle?: string;
  /** Ends of the axes: Plotly chooses unless told. */
  xRange?: readonly [number, number];
  yRange?: readonly [number, number];
  /** Screen pixels, 700 at most and unless told. */
  width?: number;
  height?: number;
  /** "log" spaces powers of ten evenly. */
  xScale?: "linear" | "log";
  yScale?: "linear" | "log";
}

/** What every chart knows, and what stands for what is not given. */
export const chartDefaults = {
  title: undefined,
  xTitle: undefined,
  yTitle: undefined,
  xRange: undefined,
  yRange: undefined,
  width: figureWidth,
  height: 400,
  xScale: undefined,
  yScale: undefined,
} as const;

/** The options of a chart that has no others. */
export function settleChart(caller: string, options: ChartOptions) {
  return settle<ChartOptions, typeof chartDefaults>(
    caller,
    options,
    chartDefaults,
  );
}

/** Throws unless there is at least one series, each with a name. */
export function checkSeries(
  caller: string,
  series: readonly { name: string }[],
): void {
  if (!Array.isArray(series) || series.length === 0) {
    throw new TypeError(
      `${caller}() expects at least one series but found ${
        Array.isArray(series) ? "none" : shown(series)
      }: pass [{ name, x, y }]`,
    );
  }
  series.forEach((one, i) => {
    if (typeof one !== "object" || one === null) {
      throw new TypeError(
        `${caller}() expects a series { name, ... } but found ${
          shown(one)
        } at place ${i}: pass one object for each`,
      );
    }
    checkText(caller, `name of series ${i}`, one.name);
  });
}

/** The layout that a chart's options ask for. */
export function chartLayout(
  caller: string,
  options: ChartOptions & { width: number; height: number },
  legend: boolean,
): Partial<Layout> {
  const { title, width, height } = options;
  for (const name of ["title", "xTitle", "yTitle"] as const) {
    if (options[name] !== undefined) checkText(caller, name, options[name]);
  }
  checkWidth(caller, width);
  checkPositive(caller, "height", height);
  for (const axis of ["x", "y"] as const) {
    const ends = options[`${axis}Range`], scale = options[`${axis}Scale`];
    if (ends !== undefined) {
      checkEnds(caller, `${axis}Range`, ends, { down: true });
    }
    if (scale === undefined) continue;
    checkWord(caller, `${axis}Scale`, scale, ["linear", "log"]);
    if (scale === "log" && ends && Math.min(...ends) <= 0) {
      throw new RangeError(
        `${caller}() expects an ${axis}Range above 0 with the ${axis}Scale "log" but found ${
          shown(ends)
        }: a logarithm has no place for 0`,
      );
    }
  }
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
  caller: string,
  name: string,
): (number | null)[] {
  checkList(caller, name, values);
  const where = `${caller}() ${name}`;
  if (values.length !== length) {
    throw new TypeError(
      `${where} expects ${length} numbers but found ${values.length}: give each x one value`,
    );
  }
  return Array.from(values, (value, i) => {
    if (value !== null && !Number.isFinite(value)) {
      throw new TypeError(
        `${where} expects numbers but found ${
          shown(value)
        } at place ${i}: pass null to leave a gap`,
      );
    }
    return value;
  });
}
