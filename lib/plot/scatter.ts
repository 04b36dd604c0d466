import {
  chartLayout,
  type ChartOptions,
  checkChart,
  seriesNumbers,
} from "./charts.ts";
import { seriesColour } from "./colours.ts";
import { type Figure, figure } from "./figure.ts";

/** Points of one colour; texts stand beside them where given. */
export interface PointSeries {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  texts?: readonly string[];
}

const symbols = ["circle", "square", "diamond", "triangle-up", "x", "cross"];

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
  checkChart("scatter", series, options);
  return figure({
    data: series.map((one, i) => {
      const { name, texts } = one;
      const x = seriesNumbers(one.x, one.x.length, `scatter() "${name}" x`);
      const y = seriesNumbers(one.y, x.length, `scatter() "${name}" y`);
      return {
        type: "scatter",
        mode: texts ? "text+markers" : "markers",
        name,
        x,
        y,
        ...(texts ? { text: [...texts], textposition: "top center" } : {}),
        cliponaxis: false,
        marker: {
          color: seriesColour(i),
          symbol: symbols[i % symbols.length],
          size: x.length > 200 ? 5 : 9,
          opacity: x.length > 200 ? 0.6 : 1,
        },
        hovertemplate: `${name}: %{x}, %{y}<extra>%{text}</extra>`,
      };
    }),
    layout: chartLayout(options, series.length > 1),
    summary: `Scatter chart of ${series.map((s) => s.name).join(", ")}${
      options.title ? `: ${options.title}` : ""
    }`,
  });
}
