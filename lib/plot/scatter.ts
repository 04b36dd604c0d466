import { settle, shown } from "../base/options.ts";
import { checkList, checkTexts } from "../base/arguments.ts";
import {
  chartLayout,
  type ChartOptions,
  checkSeries,
  seriesNumbers,
  settleChart,
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
  const settled = settleChart("scatter", options);
  checkSeries("scatter", series);
  return figure({
    data: series.map((one, i) => {
      const { name, texts, ...points } = settle("scatter", one, {
        name: undefined,
        x: undefined,
        y: undefined,
        texts: undefined,
      });
      checkList("scatter", `"${name}" x`, points.x);
      const numbers = (axis: "x" | "y") =>
        seriesNumbers(
          points[axis],
          points.x.length,
          "scatter",
          `"${name}" ${axis}`,
        );
      const x = numbers("x");
      const y = numbers("y");
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
    layout: chartLayout("scatter", settled, series.length > 1),
    summary: `Scatter chart of ${series.map((s) => s.name).join(", ")}${
      settled.title ? `: ${settled.title}` : ""
    }`,
  });
}
