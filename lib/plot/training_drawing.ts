/**
 * Training curves as a small drawing of our own, for while the training runs.
 *
 * JupyterLab's renderer of Plotly figures draws an output once and ignores every
 * update. HTML is drawn anew each time, and in VS Code as well. The drawing looks
 * as the finished Plotly figure will, which then takes its place.
 */
import { gridLine, ink, seriesColour } from "./colours.ts";
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import {
  type Curve,
  type CurvePoint,
  curvesSummary,
  lastStep,
  means,
  needsLegend,
  type TrainingPlotOptions,
} from "./training_plot.ts";

/** Size of the drawing and places of its two panels, in pixels. */
const size = { width: 700, height: 300 };
const panel = { left: [62, 412], top: 12, width: 270, height: 236 };

/** Points of all lines of a panel together, so that many nets stay small too. */
const mostPoints = 480;

type Quantity = "loss" | "accuracy";

/**
 * Training curves as HTML: title, status line, names, and an SVG of two panels.
 *
 * Ink and paper are set, so it reads the same in light and dark themes; it is
 * 700 pixels wide and shrinks with its column.
 *
 * @param curves One net each, checked by `checkCurves`.
 * @param options `title`; `status`, a line below it; `steps`, the end of the axis.
 */
export function trainingDrawing(
  curves: readonly Curve[],
  { title, status, steps }: TrainingPlotOptions,
): string {
  const last = lastStep(curves, steps);
  const losses = curves.flatMap((c) => [...thin(c, curves), ...c.validation])
    .map((p) => p.loss);
  const highest = Math.max(...losses, 0) || 1;
  return `<div class="cnn-live" style="max-width:${size.width}px;box-sizing:border-box;padding:8px 0;background:#fff;color:${ink};font:13px Arial,Helvetica,sans-serif">` +
    (title ? line(`<b style="font-size:16px">${escapeHtml(title)}</b>`) : "") +
    (status ? line(escapeHtml(status)) : "") +
    (needsLegend(curves) ? line(curves.map(nameOf).join("")) : "") +
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${
      escapeHtml(curvesSummary(curves))
    }" style="display:block;width:100%;height:auto" font-family="Arial,Helvetica,sans-serif" font-size="12" fill="${ink}">` +
    panelSvg(curves, "loss", 0, last, 1.05 * highest) +
    panelSvg(curves, "accuracy", 1, last, 1.02) +
    `</svg></div>`;
}

function line(content: string): string {
  return `<div style="margin:0 14px 4px">${content}</div>`;
}

/** A net's name in its colour: a bar for its line, a diamond for validation. */
function nameOf({ name, validation }: Curve, index: number): string {
  const mark = `<span style="color:${seriesColour(index)}">`;
  const entry = (sign: string, text: string) =>
    `<span style="display:inline-block;margin-right:16px">${mark}${sign}</span> ${
      escapeHtml(text)
    }</span>`;
  return entry("━", name) +
    (validation.length > 0 ? entry("◆", `${name}, validation`) : "");
}

function panelSvg(
  curves: readonly Curve[],
  quantity: Quantity,
  place: 0 | 1,
  last: number,
  top: number,
): string {
  const left = panel.left[place];
  const bottom = panel.top + panel.height;
  const x = (step: number) => short(left + panel.width * step / last);
  const y = (value: number) => short(bottom - panel.height * value / top);
  const at = (p: CurvePoint) => `${x(p.step)},${y(p[quantity])}`;
  const right = left + panel.width;

  const parts: string[] = [];
  for (const value of ticks(top)) {
    parts.push(
      rule(left, y(value), right, y(value), gridLine),
      text(left - 8, y(value) + 4, "end", formatNumber(value)),
    );
  }
  for (const step of ticks(last).filter(Number.isInteger)) {
    parts.push(
      rule(x(step), bottom, x(step), bottom + 5, ink),
      text(x(step), bottom + 18, "middle", formatNumber(step)),
    );
  }
  parts.push(
    rule(left, panel.top, left, bottom, ink),
    rule(left, bottom, right, bottom, ink),
    text((left + right) / 2, bottom + 38, "middle", "step"),
    `<text transform="translate(${left - 46} ${
      panel.top + panel.height / 2
    }) rotate(-90)" text-anchor="middle">${quantity}</text>`,
  );
  curves.forEach((curve, i) => {
    const colour = seriesColour(i);
    const { validation } = curve;
    const pale = validation.length > 0 ? ' stroke-opacity="0.55"' : "";
    parts.push(
      `<polyline class="cnn-${quantity}" points="${
        thin(curve, curves).map(at).join(" ")
      }" fill="none" stroke="${colour}" stroke-width="2"${pale}/>`,
    );
    if (validation.length === 0) return;
    parts.push(
      `<polyline points="${
        validation.map(at).join(" ")
      }" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="2 4"/>`,
      ...validation.map((p) =>
        `<path d="M${at(p)}m0,-5l4,5l-4,5l-4,-5z" fill="${colour}"/>`
      ),
    );
  });
  return `<g>${parts.join("")}</g>`;
}

function thin(curve: Curve, all: readonly Curve[]): CurvePoint[] {
  return means(curve.steps, Math.max(30, Math.floor(mostPoints / all.length)));
}

function rule(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: string,
): string {
  return `<path d="M${x1},${y1}L${x2},${y2}" stroke="${colour}"/>`;
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${short(x)}" y="${
    short(y)
  }" text-anchor="${anchor}">${content}</text>`;
}

/** Round numbers from 0 to `top`: 1, 2 or 5 times a power of ten apart, at most seven. */
export function ticks(top: number): number[] {
  const rough = top / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const apart = [1, 2, 5, 10].find((n) => n * power >= rough * (1 - 1e-9))! *
    power;
  const count = Math.floor(top / apart + 1e-9);
  return Array.from(
    { length: count + 1 },
    (_, i) => Number((i * apart).toPrecision(12)),
  );
}

/** A tenth of a pixel is as fine as anybody sees. */
function short(value: number): number {
  return Math.round(value * 10) / 10;
}
