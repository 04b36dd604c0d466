/** What line, bar and scatter charts share: axes, checks, intervals. */
import type { Data, ErrorBar, Layout, LayoutAxis } from "plotly.js";
import {
  checkEnds,
  checkGiven,
  checkList,
  checkPositive,
  checkSome,
  checkText,
} from "../base/arguments.ts";
import { formatNumber } from "../base/numbers.ts";
import { checkWord, settle, shown, unset } from "../base/options.ts";
import { gridLine, ink } from "./colours.ts";
import { entitled, type Figure, figure, titled } from "./figure.ts";
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

/** What stands for the options that are not given. */
export const chartDefaults = {
  ...unset("title", "xTitle", "yTitle", "xRange", "yRange", "xScale", "yScale"),
  width: figureWidth,
  height: 400,
} as const;

/** The options of a chart that has no others. */
export function settleChart(caller: string, options: ChartOptions) {
  return settle<ChartOptions, typeof chartDefaults>(
    caller,
    options,
    chartDefaults,
  );
}

/** The figure of a chart, "Line chart", with a legend for several series. */
export function chartFigure(
  caller: string,
  kind: string,
  series: readonly { name: string }[],
  options: ReturnType<typeof settleChart>,
  data: Data[],
): Figure {
  const names = series.map(({ name }) => name).join(", ");
  const layout = chartLayout(caller, options, series.length > 1);
  if (options.xScale === "log") Object.assign(layout.xaxis!, ticksAt(data));
  else if (!options.xRange) Object.assign(layout.xaxis!, wholeTicks(data));
  return figure({
    data,
    layout,
    summary: entitled(`${kind} of ${names}`, options.title),
  });
}

const placesOf = (data: readonly Data[]) =>
  new Set(data.flatMap((trace) => [...(trace as { x: Iterable<number> }).x]));

/** Few whole numbers are counts: there is no layer 1.5. */
function wholeTicks(data: readonly Data[]): Partial<LayoutAxis> {
  const places = [...placesOf(data)];
  const span = Math.max(...places) - Math.min(...places);
  const count = places.every(Number.isInteger) && span >= 1 && span <= 10;
  return count ? { dtick: 1 } : {};
}

/** A few places are named in full: Plotly would write 300 as a small 3. */
function ticksAt(data: readonly Data[]): Partial<LayoutAxis> {
  const places = placesOf(data);
  if (places.size > 8) return {};
  const tickvals = [...places];
  return { tickvals, ticktext: tickvals.map((x) => formatNumber(x)) };
}

/** Throws unless there is at least one series, each with a name. */
export function checkSeries(
  caller: string,
  series: readonly { name: string }[],
): void {
  checkSome(caller, "series", series, "pass [{ name, x, y }]");
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
  options: ReturnType<typeof settleChart>,
  legend: boolean,
): Partial<Layout> {
  const { title, xTitle, yTitle, width, height } = options;
  checkGiven(checkText, caller, { title, xTitle, yTitle });
  checkWidth(caller, width);
  checkPositive(caller, "height", height);
  const axis = (of: "x" | "y") => {
    const ends = options[`${of}Range`], scale = options[`${of}Scale`];
    if (ends !== undefined) {
      checkEnds(caller, `${of}Range`, ends, { down: true });
    }
    if (scale !== undefined) {
      checkWord(caller, `${of}Scale`, scale, ["linear", "log"]);
    }
    if (scale === "log" && ends && Math.min(...ends) <= 0) {
      throw new RangeError(
        `${caller}() expects an ${of}Range above 0 with the ${of}Scale "log" but found ${
          shown(ends)
        }: a logarithm has no place for 0`,
      );
    }
    return chartAxis(options[`${of}Title`], scale, ends);
  };
  return {
    ...titled(title),
    width,
    height: height + (legend ? 30 : 0),
    margin: { l: 70, r: 30, t: (title ? 48 : 16) + (legend ? 30 : 0), b: 56 },
    showlegend: legend,
    legend: { ...legendAbove, font: { size: 13 } },
    hovermode: "closest",
    xaxis: axis("x"),
    yaxis: axis("y"),
  };
}

/** Where the names of the series stand. */
export const legendAbove = {
  orientation: "h",
  x: 0,
  xanchor: "left",
  y: 1.02,
  yanchor: "bottom",
} as const;

/** One axis: a thin line, pale grid, its title. */
export function chartAxis(
  title: string | undefined,
  scale: "linear" | "log" | undefined,
  range: readonly [number, number] | undefined,
): Partial<LayoutAxis> {
  const ends = scale === "log" ? range?.map(Math.log10) : range;
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

/** The numbers of a series, checked; null leaves a gap. */
export function seriesNumbers(
  values: ArrayLike<number | null>,
  length: number,
  caller: string,
  name: string,
): (number | null)[] {
  checkList(caller, `numbers as ${name}`, values);
  const where = `${caller}() ${name}`;
  if (values.length !== length) {
    throw new TypeError(
      `${where} expects ${length} numbers but found ${values.length}: give each x one value`,
    );
  }
  const bad = Array.from(values).findIndex((value) =>
    value !== null && !Number.isFinite(value)
  );
  if (bad >= 0) {
    throw new TypeError(
      `${where} expects numbers but found ${
        shown(values[bad])
      } at place ${bad}: pass null to leave a gap`,
    );
  }
  return Array.from(values);
}

/** Intervals as Plotly has them: how far they reach from the values. */
export function errorBars(
  y: readonly number[],
  { low, high }: { low: readonly number[]; high: readonly number[] },
  color: string,
  thickness: number,
): ErrorBar {
  return {
    type: "data",
    symmetric: false,
    array: high.map((v, j) => v - y[j]),
    arrayminus: low.map((v, j) => y[j] - v),
    thickness,
    width: 2 + 2 * thickness, // of the caps
    color,
  };
}

const symbols = ["circle", "square", "diamond", "triangle-up", "x", "cross"];

/** The mark of series number `index`. */
export function seriesSymbol(index: number): string {
  return symbols[index % symbols.length];
}

/** What a series may have, before it is checked. */
interface Series {
  name: string;
  x?: ArrayLike<number>;
  y?: ArrayLike<number | null>;
  low?: ArrayLike<number>;
  high?: ArrayLike<number>;
}

/** x and y of a series, equally long. */
export function seriesPlaces(
  { name, x, y }: Required<Pick<Series, "name" | "x" | "y">>,
  caller: string,
) {
  checkList(caller, `numbers as "${name}" x`, x);
  return {
    x: seriesNumbers(x, x.length, caller, `"${name}" x`),
    y: seriesNumbers(y, x.length, caller, `"${name}" y`),
  };
}

/** Both ends of a series' intervals; undefined where it has none. */
export function seriesEnds(
  { name, low, high }: Series,
  length: number,
  caller: string,
) {
  if (low === undefined && high === undefined) return undefined;
  if (low === undefined || high === undefined) {
    throw new TypeError(
      `${caller}() "${name}" interval expects low and high but found only ${
        low === undefined ? "high" : "low"
      }: pass both`,
    );
  }
  return {
    low: seriesNumbers(low, length, caller, `"${name}" low`) as number[],
    high: seriesNumbers(high, length, caller, `"${name}" high`) as number[],
  };
}
