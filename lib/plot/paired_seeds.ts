import type { Data, Layout, LayoutAxis, Shape } from "plotly.js";
import { settle, shown, unset } from "../base/options.ts";
import { checkList, checkTexts } from "../base/arguments.ts";
import { formatNumber } from "../base/numbers.ts";
import {
  chartAxis,
  chartDefaults,
  chartLayout,
  type ChartOptions,
  checkSeries,
  errorBars,
  seriesNumbers,
  seriesSymbol,
} from "./charts.ts";
import { ink, seriesColour, transparent } from "./colours.ts";
import { entitled, type Figure, figure } from "./figure.ts";
import type { MeanAndInterval } from "./percent.ts";

/** One comparison: values of both sides, one a seed, and the mean of to - from. */
export interface PairedSeries extends MeanAndInterval {
  readonly name: string;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** What pairedDifference() returns beside these; not drawn. */
  readonly values?: ArrayLike<number>;
}

/** What stands under both sides, and the bounds stated beforehand. */
export interface PairedSeedsOptions
  extends
    Pick<ChartOptions, "title" | "yTitle" | "yRange" | "width" | "height"> {
  /** Names of both sides: ["from", "to"] unless told. */
  names?: readonly string[];
  /** Differences at which a dotted line is drawn, such as [-0.02, 0.02]. */
  bounds?: readonly number[];
}

/**
 * What changes within a seed: each seed a line between its two points, and
 * beside them the mean difference with its interval.
 *
 * @param series What pairedDifference() returns, with a name.
 * @param options `names` of both sides; `bounds`; titles and sizes as charts have them.
 * @throws {TypeError} No series, sides of unequal length, or NaN among the numbers.
 * @throws {RangeError} A figure that would be too wide.
 *
 * @example
 * ```ts
 * import { pairedDifference, pairedSeeds } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const change = pairedDifference([0.9, 0.92, 0.91], [0.96, 0.97, 0.97]);
 * const chart = pairedSeeds([{ name: "accuracy", ...change }], { names: ["MLP", "CNN"] });
 * assertEquals(chart.data.length, 2); // the seeds, and the mean
 * ```
 */
export function pairedSeeds(
  series: readonly PairedSeries[],
  options: PairedSeedsOptions = {},
): Figure {
  const { names, bounds, ...chart } = settle("pairedSeeds", options, {
    ...unset("title", "yTitle", "yRange"),
    width: 580, // both panels fit in the column of a page 700 wide
    height: chartDefaults.height,
    names: ["from", "to"] as readonly string[],
    bounds: [] as readonly number[],
  });
  checkTexts("pairedSeeds", "names", names);
  if (names.length !== 2) {
    throw new TypeError(
      `pairedSeeds() expects the names of two sides but found ${
        shown(names)
      }: pass such as ["MLP", "CNN"]`,
    );
  }
  checkList("pairedSeeds", "numbers as bounds", bounds);
  const lines = seriesNumbers(bounds, bounds.length, "pairedSeeds", "bounds");
  const levels = [0, ...lines as number[]];
  checkSeries("pairedSeeds", series);
  const all = series.map(settleSeries);
  const settled = { ...chartDefaults, ...chart };
  const layout = chartLayout("pairedSeeds", settled, series.length > 1);
  return figure({
    data: all.flatMap((one, i) => [seedLines(one, i), meanPoint(one, i)]),
    layout: {
      ...layout,
      ...twoPanels(layout, names, all.map(({ name }) => name)),
      yaxis2: differenceAxis(names, [
        ...levels,
        ...all.flatMap(({ low, high }) => [low, high]),
      ]),
      shapes: levels.map(levelLine),
    },
    summary: `${
      entitled(`${names.join(" and ")}, seed by seed`, chart.title)
    }: ${all.map(inWords).join("; ")}`,
  });
}

/** A series with its parts checked. */
function settleSeries(series: PairedSeries) {
  const { name, mean, low, high, ...sides } = settle(
    "pairedSeeds",
    series,
    unset("name", "from", "to", "values", "mean", "low", "high"),
  );
  checkList("pairedSeeds", `numbers as "${name}" from`, sides.from);
  const numbers = (side: "from" | "to") =>
    seriesNumbers(
      sides[side],
      sides.from.length,
      "pairedSeeds",
      `"${name}" ${side}`,
    );
  const ends = [mean, low, high];
  if (!ends.every((end) => Number.isFinite(end)) || low > mean || mean > high) {
    throw new TypeError(
      `pairedSeeds() "${name}" expects a mean between low and high but found ${
        shown(ends)
      }: pass what pairedDifference() returns`,
    );
  }
  return { name, mean, low, high, from: numbers("from"), to: numbers("to") };
}

type Settled = ReturnType<typeof settleSeries>;

/** One line a seed, a gap between them. */
function seedLines({ name, from, to }: Settled, index: number): Data {
  const colour = seriesColour(index);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: from.flatMap(() => [0, 1, null]),
    y: from.flatMap((value, i) => [value, to[i], null]),
    line: { color: transparent(colour, 0.6), width: 1.5 },
    marker: { color: colour, symbol: seriesSymbol(index), size: 8 },
    cliponaxis: false,
    hovertemplate: `${name}: %{y}<extra></extra>`,
  };
}

/** The mean difference and its interval, in the panel beside. */
function meanPoint({ name, mean, low, high }: Settled, index: number): Data {
  const colour = seriesColour(index);
  return {
    type: "scatter",
    mode: "markers",
    name,
    x: [index],
    y: [mean],
    xaxis: "x2",
    yaxis: "y2",
    showlegend: false,
    error_y: errorBars([mean], { low: [low], high: [high] }, colour, 2),
    marker: {
      color: colour,
      symbol: seriesSymbol(index),
      size: 10,
    },
    hovertemplate: `${name}: %{y}<extra></extra>`,
  };
}

/** The axes: both sides to the left, differences to the right. */
function twoPanels(
  layout: Partial<Layout>,
  sides: readonly string[],
  series: readonly string[],
): Partial<Layout> {
  const places = (names: readonly string[], room: number) => ({
    tickvals: names.map((_, i) => i),
    ticktext: [...names],
    range: [-room, names.length - 1 + room],
    showgrid: false,
  });
  // Where many names stand side by side they need the room to stand upright.
  const [end, start] = series.length > 3 ? [0.46, 0.62] : [0.56, 0.72];
  return {
    xaxis: { ...layout.xaxis, ...places(sides, 0.3), domain: [0, end] },
    xaxis2: {
      ...chartAxis(undefined, undefined, undefined),
      ...places(series.map((name) => name.replaceAll(" ", "<br>")), 0.6),
      domain: [start, 1],
      anchor: "y2",
    },
  };
}

/** The axis of the differences, on which no level line falls off. */
function differenceAxis(
  sides: readonly string[],
  shown: readonly number[],
): Partial<LayoutAxis> {
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const room = 0.08 * (high - low || 1);
  return {
    ...chartAxis(`${sides[1]} − ${sides[0]}, mean`, undefined, [
      low - room,
      high + room,
    ]),
    anchor: "x2",
    showgrid: false, // it would hide the lines at 0 and at the bounds
  };
}

/** A line across the differences: dashed at 0, dotted at a bound. */
function levelLine(y: number): Partial<Shape> {
  return {
    type: "line",
    xref: "x2 domain" as Shape["xref"],
    yref: "y2",
    ...{ x0: 0, x1: 1, y0: y, y1: y },
    layer: "below",
    line: { color: ink, width: 1, dash: y === 0 ? "dash" : "dot" },
  };
}

function inWords({ name, mean, low, high }: Settled): string {
  const [middle, from, to] = [mean, low, high].map((v) => formatNumber(v));
  return `${name} ${middle} (${from} to ${to})`;
}
