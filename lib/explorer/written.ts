/** Numbers as they stand in the page. @module */
import { formatNumber } from "../base/numbers.ts";

/** With as many decimals as all the others, and a real minus sign. */
const fixed = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).replace("-", "−");

/** In a sentence: three decimals; 0 is exactly 0, and what is smaller has its power of ten. */
export function num(value: number): string {
  const text = formatNumber(value, 3);
  const plain = value !== 0 && /^−?[\d,.]+$/.test(text);
  return plain ? fixed(value, 3) : text;
}

/**
 * In a column: all with the same decimals, so that they line up; at least three of
 * them, and more where the largest would have fewer than three digits.
 */
export function column(values: readonly number[]): string[] {
  const most = Math.max(...values.map(Math.abs));
  const places = most > 0 && most < Infinity ? Math.floor(Math.log10(most)) : 0;
  const decimals = Math.min(12, Math.max(3, 2 - places));
  return values.map((value) =>
    Number.isFinite(value)
      ? fixed(value, decimals).replace(/^−([0.]+)$/, "$1")
      : num(value)
  );
}

/** A share; its sign of per cent stays on the line. */
export const share = (value: number): string =>
  `${(100 * value).toFixed(1)}\u00a0%`;
