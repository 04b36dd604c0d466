import {
  checkDigits,
  checkGiven,
  checkSome,
  checkText,
  checkTexts,
} from "../base/arguments.ts";
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import { settle, shown, unset } from "../base/options.ts";
import { textTable } from "../base/text_table.ts";
import { type Displayable, jupyterDisplay, type MimeBundle } from "./figure.ts";

/** What a cell of a table holds; undefined and null leave it empty. */
export type Cell = string | number | boolean | null | undefined;

/** How a table looks. */
export interface TableOptions {
  /** Columns in order: all of the rows' unless told. */
  columns?: readonly string[];
  caption?: string;
  /** Decimals of its numbers: 3 unless told. */
  digits?: number;
}

/** A table as a plain value that a notebook can show. */
export interface Table extends Displayable {
  readonly columns: readonly string[];
  /** The cells as they are written. */
  readonly cells: readonly (readonly string[])[];
  readonly caption: string | undefined;
  /** The aligned text form. */
  toString(): string;
}

/**
 * A table of results, one object a row.
 *
 * Numbers, also those written as a text, stand at the right, texts at the left.
 *
 * @param rows Objects whose properties are the columns.
 * @throws {TypeError} No row, a column that no row has, or a number that is NaN.
 *
 * @example
 * ```ts
 * import { table } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const results = table([{ net: "MLP", accuracy: 0.93 }, { net: "CNN", accuracy: 0.985 }]);
 * assertEquals(String(results), [
 *   "net  accuracy",
 *   "---  --------",
 *   "MLP      0.93",
 *   "CNN     0.985",
 * ].join("\n"));
 * ```
 */
export function table(
  rows: readonly object[],
  options: TableOptions = {},
): Table {
  checkSome("table", "row", rows, "pass [{ column: value }]");
  const settled = settle("table", options, {
    ...unset("columns", "caption"),
    digits: 3,
  });
  const { caption, digits } = settled;
  checkDigits("table", digits);
  checkGiven(checkText, "table", { caption });
  const none = rows.findIndex((row) => typeof row !== "object" || row === null);
  if (none >= 0) {
    throw new TypeError(
      `table() expects an object for each row but found ${
        shown(rows[none])
      } in row ${none}: pass [{ column: value }]`,
    );
  }
  const known = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = settled.columns ?? known;
  checkTexts("table", "columns", columns);
  const missing = columns.find((column) => !known.includes(column));
  if (missing !== undefined) {
    throw new TypeError(
      `table() expects columns that rows have but found "${missing}": the rows have ${
        known.join(", ")
      }`,
    );
  }
  const values = rows.map((row, i) =>
    columns.map((column) => {
      const value = (row as Record<string, unknown>)[column];
      if (typeof value === "number" && Number.isNaN(value)) {
        throw new TypeError(
          `table() expects numbers but found NaN in row ${i}, column "${column}": find out where it arose`,
        );
      }
      return value;
    })
  );
  const numeric = columns.map((_, j) =>
    values.some((row) => isNumeric(row[j])) &&
    values.every((row) => row[j] == null || isNumeric(row[j]))
  );
  const cells = values.map((row) => row.map((v) => cellText(v, digits)));
  const text = (caption ? `${caption}\n` : "") +
    textTable([columns, ...cells], numeric);
  const bundle: MimeBundle = {
    "text/html": tableHtml(columns, cells, numeric, caption),
    "text/plain": text,
  };
  return {
    columns,
    cells,
    caption,
    toString: () => text,
    [jupyterDisplay]: () => bundle,
  };
}

/** A number, or a text that is one: "19.8", "92.5 %". */
function isNumeric(value: unknown): boolean {
  return typeof value === "number" ||
    typeof value === "string" && /^[-−+]?\d[\d,.]*( %)?$/.test(value);
}

function cellText(value: unknown, digits: number): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatNumber(value, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    return value.map((v) => cellText(v, digits)).join(" × ");
  }
  return String(value);
}

function tableHtml(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  numeric: readonly boolean[],
  caption: string | undefined,
): string {
  // Colours come from the notebook's theme, so that dark themes read well.
  const cell = (tag: string, text: string, j: number) =>
    `<${tag} style="text-align:${
      numeric[j] ? "right" : "left"
    };padding:4px 12px;white-space:${
      // a number with its interval stays on one line, a sentence may break
      tag === "td" && text.length < 28 ? "nowrap" : "normal"};${
      tag === "th" ? "border-bottom:1.5px solid currentColor;" : ""
    }font-variant-numeric:tabular-nums">${escapeHtml(text)}</${tag}>`;
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text, j) => cell(tag, text, j)).join("")}</tr>`;
  return `<table style="border-collapse:collapse;font-size:13px;margin:4px 0">` +
    (caption
      // A narrow table widens for its caption, up to about a column's width.
      ? `<caption style="caption-side:top;text-align:left;font-weight:600;padding:4px 12px;box-sizing:border-box;min-width:min(${
        caption.length + 5
      }ch,28em);color:inherit">${escapeHtml(caption)}</caption>`
      : "") +
    `<thead>${row("th", columns)}</thead>` +
    `<tbody>${cells.map((texts) => row("td", texts)).join("")}</tbody></table>`;
}
