/** Numbers short enough to send, and numbers short enough to read. */

/**
 * A copy of plain data with every number rounded to `digits` significant digits.
 *
 * Typed arrays become plain ones; NaN and infinities become null, which Plotly
 * leaves blank. Properties that are undefined are left out.
 *
 * @example
 * ```ts
 * import { roundNumbers } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(roundNumbers({ y: [1 / 3, NaN] }), { y: [0.333333, null] });
 * ```
 */
export function roundNumbers<T>(value: T, digits = 6): T {
  return rounded(value, digits) as T;
}

function rounded(value: unknown, digits: number): unknown {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return null;
    return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  }
  if (Array.isArray(value)) return value.map((v) => rounded(v, digits));
  if (ArrayBuffer.isView(value)) {
    return Array.from(value as Float32Array, (v) => rounded(v, digits));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([key, v]) => [key, rounded(v, digits)]),
    );
  }
  return value;
}

/**
 * A number as people read it: at most `digits` decimals, no trailing zeros, a
 * real minus sign, and thousands grouped.
 *
 * A number too small for the decimals is written with its power of ten.
 *
 * @example
 * ```ts
 * import { formatNumber } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatNumber(61706), "61,706");
 * assertEquals(formatNumber(-0.12345), "−0.123");
 * assertEquals(formatNumber(0.00001234), "1.23e−5");
 * ```
 */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value).replace("-", "−");
  const small = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits;
  const text = small
    ? value.toExponential(Math.min(2, digits))
    : value.toLocaleString("en-US", { maximumFractionDigits: digits });
  return text.replaceAll("-", "−");
}
