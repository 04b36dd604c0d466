/**
 * A description as a table, in text and in HTML.
 *
 * @module
 */
import { shapeText } from "../base/tensor.ts";
import type { Description, LayerRow } from "./description.ts";

const HEAD = [
  "layer",
  "kind",
  "output shape",
  "parameters",
  "multiply-adds",
  "receptive field",
  "stride",
];

/** A whole number with its thousands apart: 1,234,567. */
export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 layer", "16 layers" */
export const layersText = (count: number): string =>
  `${count} layer${count === 1 ? "" : "s"}`;

/** The number, or nothing for 0. */
const unlessZero = (value: number) => value === 0 ? "" : thousands(value);

/** One row as text. */
function cells(row: LayerRow): string[] {
  return [
    row.name,
    row.kind,
    shapeText(row.outputShape),
    unlessZero(row.parameters),
    unlessZero(row.multiplyAdds),
    String(row.receptiveField),
    row.stride === null ? "" : String(row.stride),
  ];
}

/** The totals as the last row. */
function foot(description: Description): string[] {
  return [
    "total",
    layersText(description.layers),
    "",
    thousands(description.parameters),
    thousands(description.multiplyAdds),
    String(description.receptiveField),
    "",
  ];
}

/** Name and input, above the table. */
const title = (description: Description) =>
  `${description.name}, input ${shapeText(description.inputShape)}`;

/** Numbers stand at the right. */
const isNumber = (column: number) => column > 2;

/** The description in columns of plain text. */
export function descriptionText(description: Description): string {
  const lines = [HEAD, ...description.rows.map(cells), foot(description)];
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column].length))
  );
  const body = lines.map((line) =>
    line.map((cell, column) =>
      isNumber(column)
        ? cell.padStart(widths[column])
        : cell.padEnd(widths[column])
    ).join("  ").trimEnd()
  );
  return [title(description), ...body].join("\n");
}

/** The description as an HTML table; long ones scroll. */
export function descriptionHtml(description: Description): string {
  const escape = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const line = (tag: string, texts: string[]) =>
    `<tr>${
      texts.map((text, column) =>
        `<${tag} style="text-align:${
          isNumber(column) ? "right" : "left"
        };white-space:${texts === HEAD ? "normal" : "nowrap"}">${
          escape(text)
        }</${tag}>`
      ).join("")
    }</tr>`;
  return `<div style="max-height:32em;overflow:auto"><table>` +
    `<caption style="caption-side:top;text-align:left;font-weight:600;padding:4px 8px;color:inherit">${
      escape(title(description))
    }</caption>` +
    `<thead>${line("th", HEAD)}</thead>` +
    `<tbody>${
      description.rows.map((row) => line("td", cells(row))).join("")
    }</tbody>` +
    `<tfoot>${line("th", foot(description))}</tfoot></table></div>`;
}
