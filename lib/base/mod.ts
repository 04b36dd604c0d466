/**
 * Tensors and random numbers, and what every room needs.
 *
 * @module
 */
export * from "./tensor.ts";
export * from "./verbs.ts";
export * from "./reduce.ts";
export * from "./random.ts";
export type { Pair } from "./check.ts";
export { formatNumber, roundNumbers } from "./numbers.ts";
export { escapeHtml, scriptJson } from "./html.ts";
