/**
 * Colours that readers with any colour vision can tell apart.
 *
 * Source of the palette: Okabe and Ito, "Color Universal Design", 2008.
 *
 * @module
 */

import { checkShare } from "../base/arguments.ts";
import { shown } from "../base/options.ts";

/** Okabe and Ito's eight colours by name. */
export const okabeIto = {
  blue: "#0072B2",
  orange: "#E69F00",
  green: "#009E73",
  vermillion: "#D55E00",
  purple: "#CC79A7",
  sky: "#56B4E9",
  yellow: "#F0E442",
  black: "#000000",
} as const;

/** The order in which series take their colours (yellow is too pale for lines). */
const seriesColours: readonly string[] = [
  okabeIto.blue,
  okabeIto.vermillion,
  okabeIto.green,
  okabeIto.purple,
  okabeIto.orange,
  okabeIto.sky,
  okabeIto.black,
];

/** The colour of text and axes. */
export const ink = "#222222";

/** The colour of grid lines. */
export const gridLine = "#E3E3E3";

/** A Plotly colour scale: places from 0 to 1 and their colours. */
export type ColourScale = [number, string][];

/** Negative blue, zero white, positive vermillion. */
export const diverging: ColourScale = [
  [0, "#004B78"],
  [0.25, "#5BA3CF"],
  [0.5, "#FFFFFF"],
  [0.75, "#EE9A5B"],
  [1, "#A84300"],
];

/** From white to blue: light is little. */
export const sequential: ColourScale = [
  [0, "#FFFFFF"],
  [0.25, "#CFE3F1"],
  [0.5, "#7FB5DA"],
  [0.75, "#2E7FB8"],
  [1, "#00406B"],
];

/** Black to white, as photographs are. */
export const grey: ColourScale = [[0, "#000000"], [1, "#FFFFFF"]];

/** Red, green and blue from 0 to 255. */
export type Rgb = [number, number, number];

/** Red, green and blue of a colour written as #RRGGBB. */
export function rgbOf(hex: string): Rgb {
  checkColour("rgbOf", "colour", hex);
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, number >> 8 & 255, number & 255];
}

/** The same colour, see-through: `alpha` from 0, unseen, to 1, as it is. */
export function transparent(hex: string, alpha: number): string {
  checkColour("transparent", "colour", hex);
  checkShare("transparent", "alpha", alpha);
  return `rgba(${rgbOf(hex).join(", ")}, ${alpha})`;
}

/** The colour of series number `index`; after the last the first comes again. */
export function seriesColour(index: number): string {
  if (!Number.isInteger(index) || index < 0) {
    throw new RangeError(
      `seriesColour() expects an index of 0 or more, whole, but found ${
        shown(index)
      }: count the series from 0`,
    );
  }
  return seriesColours[index % seriesColours.length];
}

/**
 * The colour of a scale at `place` from 0 to 1, between its stops in a line;
 * a place outside has the colour of the nearer end.
 */
export function colourAt(scale: ColourScale, place: number): Rgb {
  checkScale("colourAt", scale);
  if (typeof place !== "number" || Number.isNaN(place)) {
    throw new TypeError(
      `colourAt() expects a place from 0 to 1 but found ${
        shown(place)
      }: divide by the length of the range first`,
    );
  }
  const at = Math.min(1, Math.max(0, place));
  const next = Math.max(1, scale.findIndex(([stop]) => stop >= at));
  const [from, low] = scale[next - 1];
  const [to, high] = scale[next];
  const share = (at - from) / (to - from);
  const end = rgbOf(high);
  return rgbOf(low).map((v, i) => Math.round(v + share * (end[i] - v))) as Rgb;
}

/** Black or white ink, whichever reads better on a colour (contrast by WCAG 2). */
export function inkOn(colour: Rgb): string {
  const fits = Array.isArray(colour) && colour.length === 3 &&
    colour.every((part) =>
      typeof part === "number" && part >= 0 && part <= 255
    );
  if (!fits) {
    throw new TypeError(
      `inkOn() expects [red, green, blue] from 0 to 255 but found ${
        shown(colour)
      }: take rgbOf("#0072B2")`,
    );
  }
  // Black itself: a black a little lighter would leave some colours with 4.35.
  const light = luminance(colour) + 0.05;
  return 1.05 / light > light / 0.05 ? "#FFFFFF" : "#000000";
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Throws unless `value` is a colour written as #RRGGBB. */
export function checkColour(fn: string, name: string, value: unknown): void {
  if (typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value)) return;
  throw new TypeError(
    `${fn}() expects a ${name} #RRGGBB but found ${
      shown(value)
    }: take one of okabeIto, or write such as "#0072B2"`,
  );
}

/** Throws unless `scale` is a colour scale whose places rise from 0 to 1. */
export function checkScale(
  fn: string,
  scale: unknown,
): asserts scale is ColourScale {
  const stops = Array.isArray(scale) ? scale : [];
  const fits = stops.length >= 2 &&
    stops.every((stop, i) =>
      Array.isArray(stop) && typeof stop[0] === "number" &&
      (i === 0 || stop[0] > stops[i - 1][0])
    ) && stops[0][0] === 0 && stops[stops.length - 1][0] === 1;
  if (!fits) {
    throw new TypeError(
      `${fn}() expects colours [[0, "#RRGGBB"], ..., [1, "#RRGGBB"]] with rising places but found ${
        shown(scale)
      }: import one of diverging, sequential and grey, without quotes`,
    );
  }
  for (const [place, colour] of stops) {
    checkColour(fn, `colour at place ${place}`, colour);
  }
}
