import { checkText } from "../base/arguments.ts";
import { checkTensor, isTensor } from "../base/check.ts";
import {
  type Displayable,
  jupyterDisplay,
  type MimeBundle,
} from "../plot/figure.ts";
import { heatMap } from "../plot/heat_map.ts";
import { formatNumber } from "../base/numbers.ts";
import { shapeText, sizeOf, type Tensor } from "../base/tensor.ts";
import { display } from "../kernel/kernel.ts";
import { inspect } from "../kernel/platform.ts";

/** Something a notebook shows, together with its text form. */
export interface Markup extends Displayable {
  toString(): string;
}

/**
 * Shows a value in the cell: figures and tables as such, strings as Markdown,
 * a tensor with one or two axes as a heat map with its numbers, other values as text.
 *
 * Always await it: a cell's bare last value can get lost.
 *
 * @throws {TypeError} undefined, or a promise that was not awaited.
 *
 * @example
 * ```ts ignore
 * await show(imageGrid(images));
 * ```
 */
export async function show(value: unknown): Promise<void> {
  await display(bundleOf(value));
}

/**
 * Markdown for `show`. A plain string does the same.
 *
 * @example
 * ```ts
 * import { md } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(String(md("**bold**")), "**bold**");
 * ```
 */
export function md(text: string): Markup {
  checkText("md", "text", text);
  return markup({ "text/markdown": text, "text/plain": text });
}

/**
 * HTML for `show`, with the text that stands for it where there is no browser.
 * What comes from data must go through `escapeHtml` first.
 *
 * @example
 * ```ts
 * import { html } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(String(html("<b>bold</b>")), "bold");
 * ```
 */
export function html(source: string, text?: string): Markup {
  checkText("html", "source", source);
  if (text !== undefined) checkText("html", "text", text);
  const plain = text ??
    source.replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, "")
      .replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
  return markup({ "text/html": source, "text/plain": plain });
}

function markup(bundle: MimeBundle): Markup {
  return {
    [jupyterDisplay]: () => bundle,
    toString: () => String(bundle["text/plain"]),
  };
}

/** The MIME bundle with which a value is shown. */
export function bundleOf(value: unknown): MimeBundle {
  if (value === undefined) {
    throw new TypeError(
      "show() expects a value but found undefined: does the function return what it computes?",
    );
  }
  if (value instanceof Promise) {
    throw new TypeError(
      "show() expects a value but found a promise of one: write await before the call that makes it",
    );
  }
  if (isDisplayable(value)) return value[jupyterDisplay]();
  if (typeof value === "string") return md(value)[jupyterDisplay]();
  if (typeof value === "number") return { "text/plain": numberText(value) };
  if (isTensor(value)) return tensorBundle(value);
  const isObject = typeof value === "object";
  return { "text/plain": isObject ? inspect(value) : String(value) };
}

const most = 400; // cells with numbers that are still readable

function tensorBundle(x: Tensor): MimeBundle {
  const [rows, columns] = x.shape.length === 1 ? [1, x.shape[0]] : x.shape;
  const readable = x.shape.length >= 1 && x.shape.length <= 2 &&
    sizeOf(x.shape) > 0 && sizeOf(x.shape) <= most && columns <= 24 &&
    !x.data.some((v) => !Number.isFinite(v));
  if (!readable) return { "text/plain": tensorText(x) };
  return heatMap({ shape: [rows, columns], data: x.data }, {
    title: `Tensor ${shapeText(x.shape)}`,
  })[jupyterDisplay]();
}

/** A tensor in one line: its shape and its first values. */
export function tensorText(x: Tensor): string {
  checkTensor("tensorText", "x", x);
  const first = Array.from(x.data.subarray(0, 8), (v) => formatNumber(v));
  const more = x.data.length > 8 ? ", ..." : "";
  return `Tensor ${shapeText(x.shape)}: ${first.join(", ")}${more}`;
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<Displayable>)[jupyterDisplay] === "function";
}

/** Numbers of any size as text; NaN and infinity by name. */
function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : +value.toPrecision(6));
}
