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

/** The same colour, see-through. */
export function transparent(hex: string, alpha: number): string {
  const part = (start: number) => parseInt(hex.slice(start, start + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${alpha})`;
}

/** The colour of series number `index`; after the last the first comes again. */
export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length];
}
