/**
 * Colours that readers with any colour vision can tell apart.
 *
 * Source of the palette: Okabe and Ito, "Color Universal Design", 2008.
 *
 * @module
 */

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
export const seriesColours: readonly string[] = [
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

/**
 * The same colour, see-through.
 *
 * @example
 * ```ts
 * import { transparent } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(transparent("#0072B2", 0.5), "rgba(0, 114, 178, 0.5)");
 * ```
 */
export function transparent(hex: string, alpha: number): string {
  const part = (start: number) => parseInt(hex.slice(start, start + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${alpha})`;
}

/**
 * The colour of series number `index`; after the last the first comes again.
 *
 * @example
 * ```ts
 * import { seriesColour, seriesColours } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(seriesColour(0), seriesColour(seriesColours.length));
 * ```
 */
export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length];
}

/** A colour as red, green and blue from 0 to 255. */
export type Rgb = [number, number, number];

/**
 * Red, green and blue of a colour written as #RRGGBB.
 *
 * @example
 * ```ts
 * import { rgbOf } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rgbOf("#0072B2"), [0, 114, 178]);
 * ```
 */
export function rgbOf(hex: string): Rgb {
  const part = (start: number) => parseInt(hex.slice(start, start + 2), 16);
  return [part(1), part(3), part(5)];
}

/**
 * The colour of a scale at `place` from 0 to 1, between its stops in a line.
 *
 * @example
 * ```ts
 * import { colourAt, grey } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(colourAt(grey, 1), [255, 255, 255]);
 * ```
 */
export function colourAt(scale: ColourScale, place: number): Rgb {
  const at = Math.min(1, Math.max(0, place));
  const next = Math.max(1, scale.findIndex(([stop]) => stop >= at));
  const [from, low] = scale[next - 1];
  const [to, high] = scale[next];
  const share = (at - from) / (to - from);
  const a = rgbOf(low);
  const b = rgbOf(high);
  return [0, 1, 2].map((i) => Math.round(a[i] + share * (b[i] - a[i]))) as Rgb;
}

/**
 * Dark or white ink, whichever reads better on a colour (contrast by WCAG 2).
 *
 * @example
 * ```ts
 * import { inkOn } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inkOn([0, 64, 107]), "#FFFFFF");
 * assertEquals(inkOn([255, 255, 255]), "#111111");
 * ```
 */
export function inkOn(colour: Rgb): string {
  const light = luminance(colour) + 0.05;
  const dark = luminance([17, 17, 17]) + 0.05;
  return 1.05 / light > light / dark ? "#FFFFFF" : "#111111";
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
