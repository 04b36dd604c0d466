/** Numbers short enough to send, and numbers short enough to read. */
import { shown } from "./options.ts";
import { checkDigits } from "./arguments.ts";
import { checkRange } from "./range.ts";

/**
 * A copy of plain data with every number rounded to `digits` significant digits.
 *
 * Typed arrays become plain ones, dates ISO texts; NaN, infinities and undefined
 * become null, which Plotly leaves blank. Properties that are undefined are left
 * out; a value that is no plain data is refused with its place.
 */
export function roundNumbers<T>(
  value: T,
  digits = 6,
  fn = "roundNumbers",
): T {
  checkRange(fn, "whole digits", digits, {
    ...{ from: 1, to: 100, whole: true },
    remedy: "pass such as 6",
  });
  const refused = (found: string, remedy: string, place?: Place) =>
    new TypeError(
      `${fn}() expects plain data but found ${found}${at(place)}: ${remedy}`,
    );
  const around = new Set<unknown>(); // what the value lies in

  const inside = (value: object, place?: Place): unknown => {
    if (around.has(value)) {
      throw refused("an object that contains itself", "leave it out", place);
    }
    around.add(value);
    const result = Array.isArray(value)
      ? Array.from(value, (v, i) => plain(v ?? null, { key: i, of: place }))
      : Object.fromEntries(
        Object.entries(value).filter(([, v]) => v !== undefined)
          .map(([key, v]) => [key, plain(v, { key, of: place })]),
      );
    around.delete(value);
    return result;
  };

  const plain = (value: unknown, place?: Place): unknown => {
    switch (typeof value) {
      case "number":
        if (!Number.isFinite(value)) return null;
        return Number.isInteger(value)
          ? value
          : Number(value.toPrecision(digits));
      case "bigint":
        if (Number.isSafeInteger(Number(value))) return Number(value);
        throw new RangeError(
          `${fn}() expects numbers up to ${Number.MAX_SAFE_INTEGER} but found the bigint ${value}${
            at(place)
          }: draw it in millions, say`,
        );
      case "function":
      case "symbol":
        throw refused(`a ${typeof value}`, "leave it out", place);
      case "object":
        return value === null ? null : object(value, place);
      default:
        return value;
    }
  };

  const object = (value: object, place?: Place): unknown => {
    if (value instanceof Date) {
      if (Number.isFinite(value.getTime())) return value.toISOString();
      throw refused("an invalid date", "check how it was read", place);
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return inside(Array.from(value as Float32Array), place);
    }
    const isPlain = [Object.prototype, null].includes(
      Object.getPrototypeOf(value),
    );
    if (!Array.isArray(value) && !isPlain) {
      const kind = value.constructor?.name || "unknown";
      const remedy = value instanceof Map || value instanceof Set
        ? "spread it into a list: [...it.values()]"
        : "pass numbers, texts, lists and plain objects";
      throw refused(`an object of class ${kind}`, remedy, place);
    }
    const { shape, data } = value as { shape?: unknown; data?: unknown };
    if (Array.isArray(shape) && ArrayBuffer.isView(data)) {
      throw refused("a tensor", "pass its numbers, x.data", place);
    }
    return inside(value, place);
  };

  return plain(value) as T;
}

/** Where a value lies; a chain, since a text for each number would cost more than it. */
interface Place {
  key: string | number;
  of?: Place;
}

/** " at data[0].x[3]", or nothing for the whole. */
function at(place: Place | undefined): string {
  let text = "";
  for (let part = place; part; part = part.of) {
    text = typeof part.key === "number"
      ? `[${part.key}]${text}`
      : `${part.of ? "." : ""}${part.key}${text}`;
  }
  return text && ` at ${text}`;
}

/**
 * A number as people read it: at most `digits` decimals, no trailing zeros, a
 * real minus sign, thousands grouped; with its power of ten where it is too small.
 */
export function formatNumber(value: number, digits = 3): string {
  if (typeof value !== "number") {
    throw new TypeError(
      `formatNumber() expects a number but found ${
        shown(value)
      }: convert it with Number() first`,
    );
  }
  checkDigits("formatNumber", digits);
  if (!Number.isFinite(value)) return String(value).replace("-", "−");
  if (value === 0) return "0"; // also -0
  const small = Math.abs(value) < 0.5 * 10 ** -digits;
  const text = small
    ? value.toExponential(Math.min(2, digits))
    : value.toLocaleString("en-US", { maximumFractionDigits: digits });
  return text.replaceAll("-", "−");
}
