/** Progress bars and tables in plain text. */
import { textTable as layOut } from "../lib/base/text_table.ts";

/** A bar of `width` places, `done` of `total` filled: `[#####.....]  5/10`. */
export function bar(done: number, total: number, width = 30): string {
  const filled = total === 0 ? width : Math.round((done / total) * width);
  const count = String(done).padStart(String(total).length);
  return `[${"#".repeat(filled)}${
    ".".repeat(width - filled)
  }] ${count}/${total}`;
}

/** Rows under their heads, columns wide enough; columns of numbers stand to the right. */
export function textTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) => row.map(String));
  const right = heads.map((_, i) =>
    cells.every((row) => /^[\d.]+$/.test(row[i]))
  );
  return layOut([heads, ...cells], right);
}
