/**
 * A figure as a value: data and layout in, something a notebook can show out.
 *
 * Making a figure and showing it are two steps. `await show(figure)` puts it
 * into a cell; JupyterLab and VS Code draw its Plotly form, static exports its
 * HTML form, and a terminal gets one line of text.
 *
 * @module
 */
import type { Config, Data, Frame, Layout } from "plotly.js";
import { checkText } from "../base/arguments.ts";
import { roundNumbers } from "../base/numbers.ts";
import { settle, shown, unset } from "../base/options.ts";
import {
  type Displayable,
  jupyterDisplay,
  type MimeBundle,
} from "../kernel/displayable.ts";
import { ink } from "./colours.ts";
import { figureHtml } from "./figure_html.ts";
import { checkWidth, figureWidth, titleSize } from "./width.ts";

export { type Displayable, jupyterDisplay, type MimeBundle };

/** What Plotly draws, and one line that says what is to be seen. */
export interface FigureSpec {
  data: Data[];
  layout: Partial<Layout>;
  config?: Partial<Config>;
  frames?: Partial<Frame>[];
  /** One line for readers who see no picture. */
  summary?: string;
}

/** A Plotly figure as a plain value that a notebook can show. */
export interface Figure extends Displayable {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
  readonly config: Partial<Config>;
  readonly frames?: Partial<Frame>[];
  readonly summary: string;
}

/** Bytes that one figure may take in a notebook, all its forms together. */
export const figureLimit = 900_000;

const plotlyMime = "application/vnd.plotly.v1+json";

/**
 * Makes a figure from Plotly's own data and layout.
 *
 * Numbers are rounded to 6 significant digits, which no eye can tell, so that
 * the notebook stays small. Dates become ISO texts, which Plotly reads; NaN,
 * infinities and undefined leave a gap. White paper and dark ink are set, so the
 * figure reads the same in light and dark themes.
 *
 * A figure is 700 pixels wide at most: VS Code and a book's column cut what is wider.
 *
 * @param spec `data` and `layout` as Plotly has them; `summary` is its text form.
 * @returns A figure; show it with `await show(figure)`.
 * @throws {TypeError} A value that no figure can hold, such as a function or a
 * Map; the message names its place.
 * @throws {RangeError} The figure would be wider than 700 pixels or take more
 * than 0.9 MB of the notebook.
 *
 * @example
 * ```ts
 * import { figure } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const line = figure({
 *   data: [{ type: "scatter", x: [0, 1], y: [2, 3] }],
 *   layout: { title: { text: "Two points" } },
 * });
 * assertEquals(line.summary, "Figure: Two points");
 * ```
 */
export function figure(spec: FigureSpec): Figure {
  const { summary, ...given } = settleSpec(spec);
  const { data, layout, config, frames } = roundNumbers(given, 6, "figure");
  const plot = {
    data,
    layout: { ...baseLayout(layout), ...layout },
    config: { displaylogo: false, responsive: false, ...config },
    ...(frames ? { frames } : {}),
  };
  checkWidth("figure", plot.layout.width);
  for (const frame of plot.frames ?? []) {
    const { width } = frame.layout ?? {};
    if (width !== undefined) checkWidth("figure", width);
  }
  const bundle = {
    [plotlyMime]: plot,
    "text/html": figureHtml(plot, summary),
    "text/plain": summary,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(bundle)).length;
  if (bytes > figureLimit) {
    throw new RangeError(
      `figure() expects at most ${figureLimit} bytes for all forms of a figure but found ${bytes} in "${summary}": show fewer or smaller images, fewer points or frames, or round the numbers`,
    );
  }
  return { ...plot, summary, [jupyterDisplay]: () => bundle };
}

/** The parts of a figure, each of the right kind. */
function settleSpec(spec: FigureSpec) {
  const settled = settle("figure", spec ?? {}, {
    ...unset("data", "layout", "frames", "summary"),
    config: {},
  });
  const { data, layout, config, frames = [] } = settled;
  for (const [name, list] of Object.entries({ data, frames })) {
    if (Array.isArray(list) && list.every(isObject)) continue;
    throw new TypeError(
      `figure() expects a list of objects as ${name} but found ${
        shown(list)
      }: pass { data: [{ type: "scatter", x, y }], layout: {} }`,
    );
  }
  for (const [name, part] of Object.entries({ layout, config })) {
    if (isObject(part)) continue;
    throw new TypeError(
      `figure() expects an object as ${name} but found ${
        shown(part)
      }: pass {} for the usual one`,
    );
  }
  const { summary = `Figure: ${titleOf(layout)}` } = settled;
  checkText("figure", "summary", summary);
  return { ...settled, summary };
}

function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** What every figure shares; the figure's own layout overrides it. */
function baseLayout(layout: Partial<Layout>): Partial<Layout> {
  return {
    width: figureWidth,
    height: 420,
    autosize: false,
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    font: { family: "Arial, Helvetica, sans-serif", size: 13, color: ink },
    margin: { l: 60, r: 30, t: layout.title ? 56 : 24, b: 52 },
  };
}

/** A title at the left edge, as all figures have it; none for no text. */
export function titled(text: string | undefined): Partial<Layout> {
  if (text === undefined) return {};
  checkText("titled", "title", text);
  return {
    title: {
      text,
      x: 0.02,
      xanchor: "left",
      yref: "container",
      y: 1,
      yanchor: "top",
      pad: { t: 16 },
      font: { size: titleSize(text) },
    },
  };
}

/** A summary with the title behind it, where there is one. */
export function entitled(summary: string, title: string | undefined): string {
  return title ? `${summary}: ${title}` : summary;
}

function titleOf(layout: Partial<Layout>): string {
  const title = layout.title;
  if (typeof title === "string") return title;
  return title?.text ?? "without a title";
}
