import type { Data } from "plotly.js";
import {
  checkGiven,
  checkPositive,
  checkSome,
  checkText,
} from "../base/arguments.ts";
import { settle, shown, unset } from "../base/options.ts";
import { chartAxis, legendAbove } from "./charts.ts";
import { seriesColour, transparent } from "./colours.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { percent } from "./percent.ts";
import { figureWidth } from "./width.ts";

/** A point of a training curve. */
export interface CurvePoint {
  step: number;
  loss: number;
  accuracy: number;
}

/** The curves of one net. */
export interface Curve {
  name: string;
  /** Loss and accuracy of each step's batch. */
  steps: readonly CurvePoint[];
  /** Loss and accuracy on other images, measured now and then. */
  validation: readonly CurvePoint[];
}

/** What stands around the curves. */
export interface TrainingPlotOptions {
  title?: string;
  /** A line below the title. */
  status?: string;
  /** End of the step axis; the last step unless told. */
  steps?: number;
}

const mostPoints = 240;

/**
 * Training curves: loss at the left, accuracy at the right, by step.
 *
 * Of many steps the means of neighbours are drawn. Validation is drawn as marks
 * with a dotted line.
 *
 * @param curves One net each.
 * @param options `title`; `status`, a line below it; `steps`, the end of the axis.
 * @throws {TypeError} No curve, or a loss or accuracy that is no finite number.
 */
export function trainingPlot(
  curves: readonly Curve[],
  options: TrainingPlotOptions = {},
): Figure {
  const fn = "trainingPlot";
  const settled = settle(fn, options, unset("title", "status", "steps"));
  const { title, status, steps } = settled;
  checkGiven(checkText, fn, { title, status });
  checkGiven(checkPositive, fn, { steps });
  checkCurves(fn, curves);
  const several = needsLegend(curves);
  const top = 30 + (title ? 30 : 0) + (status ? 20 : 0) + (several ? 26 : 0);
  const heading = [title && `<b>${title}</b>`, status].filter(Boolean);
  const x = chartAxis("step", "linear", [0, lastStep(curves, steps)]);
  const y = (name: string) => chartAxis(name, "linear", undefined);
  return figure({
    data: curves.flatMap((curve, i) => [
      ...panelTraces(curve, i, "loss"),
      ...panelTraces(curve, i, "accuracy"),
    ]),
    layout: {
      ...titled(heading.join("<br>") || undefined),
      width: figureWidth,
      height: 300 + top,
      margin: { l: 70, r: 24, t: top, b: 54 },
      showlegend: several,
      legend: legendAbove,
      xaxis: { ...x, domain: [0, 0.45] },
      xaxis2: { ...x, domain: [0.55, 1], anchor: "y2" },
      yaxis: { ...y("loss"), rangemode: "tozero" },
      yaxis2: { ...y("accuracy"), range: [0, 1.02], anchor: "x2" },
    },
    summary: curvesSummary(curves),
  });
}

/** Throws where there is no curve, or one that cannot be drawn. */
export function checkCurves(fn: string, curves: readonly Curve[]): void {
  checkSome(fn, "curve", curves, "pass [{ name, steps, validation }]");
  for (const curve of curves) {
    const given = settle(fn, curve, unset("name", "steps", "validation"));
    const { name, steps, validation } = given;
    checkText(fn, "name of a curve", name);
    for (const [part, points] of Object.entries({ steps, validation })) {
      const list: unknown = points;
      const fits = Array.isArray(list) &&
        list.every((point) =>
          valuesOf(point).every((v) => typeof v === "number")
        );
      if (fits) continue;
      throw new TypeError(
        `${fn}() expects ${part} of "${name}" as a list but found ${
          shown(points)
        }: pass [{ step, loss, accuracy }], or []`,
      );
    }
    const bad = [...steps, ...validation].find((point) =>
      !valuesOf(point).every(Number.isFinite)
    );
    if (bad) {
      throw new TypeError(
        `${fn}() expects finite numbers but found loss ${bad.loss} and accuracy ${bad.accuracy} at step ${bad.step} of "${name}": the training diverged, lower the learning rate`,
      );
    }
  }
}

const valuesOf = (p?: CurvePoint) => [p?.step, p?.loss, p?.accuracy];

/** Whether the lines need names: one line without validation does not. */
export function needsLegend(curves: readonly Curve[]): boolean {
  return curves.length > 1 || curves.some((c) => c.validation.length > 0);
}

/** Where the step axis ends: at the training's end where that is known. */
export function lastStep(curves: readonly Curve[], steps?: number): number {
  const last = curves.map((c) => c.steps.at(-1)?.step ?? 0);
  return Math.max(2, steps ?? 0, ...last);
}

/** One line that says what the curves reached. */
export function curvesSummary(curves: readonly Curve[]): string {
  return `Training curves of ${curves.map(summaryOf).join("; ")}`;
}

/** The lines of one net in the panel of one quantity. */
function panelTraces(
  { name, steps, validation }: Curve,
  index: number,
  quantity: "loss" | "accuracy",
): Data[] {
  const color = seriesColour(index);
  const first = quantity === "loss";
  const axes = {
    xaxis: first ? "x" : "x2",
    yaxis: first ? "y" : "y2",
  } as const;
  /** What lines have that stand for the same net. */
  const line = (shown: string, points: readonly CurvePoint[]) => ({
    name: shown,
    legendgroup: name,
    showlegend: first,
    x: points.map((p) => p.step),
    y: points.map((p) => p[quantity]),
  });
  const validated = validation.length > 0;
  const validationName = `${name}, validation`;
  const traces: Data[] = [{
    ...axes,
    type: "scatter",
    mode: "lines",
    ...line(name, means(steps, mostPoints)),
    line: { color: validated ? transparent(color, 0.55) : color, width: 2 },
    hovertemplate: `${name}: %{y} at step %{x}<extra></extra>`,
  }, {
    ...axes,
    type: "scatter",
    mode: "lines+markers",
    ...line(validationName, validation),
    line: { color, width: 2, dash: "dot" },
    marker: { color, size: 8, symbol: "diamond" },
    hovertemplate: `${validationName}: %{y} at step %{x}<extra></extra>`,
  }];
  return validated ? traces : traces.slice(0, 1);
}

/** At most `most` points, each the mean of its neighbours. */
export function means(
  points: readonly CurvePoint[],
  most: number,
): CurvePoint[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return [...points];
  const count = Math.ceil(points.length / size);
  return Array.from({ length: count }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    const mean = (quantity: "loss" | "accuracy") =>
      part.reduce((sum, point) => sum + point[quantity], 0) / part.length;
    const { step } = part[part.length - 1];
    return { step, loss: mean("loss"), accuracy: mean("accuracy") };
  });
}

function summaryOf({ name, steps, validation }: Curve): string {
  const last = validation.at(-1) ?? steps.at(-1);
  if (!last) return `${name}: not started`;
  const kind = validation.length > 0 ? "validation accuracy" : "accuracy";
  return `${name}: loss ${last.loss.toFixed(3)}, ${kind} ${
    percent(last.accuracy)
  } after ${last.step} steps`;
}
