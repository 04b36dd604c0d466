/**
 * Progress bars and tables in plain text.
 *
 * @module
 */

/** A bar of `width` places, `done` of `total` filled: `[#####.....]  5/10`. */
export function bar(done: number, total: number, width = 30): string {
  const filled = total === 0 ? width : Math.round((done / total) * width);
  const count = String(done).padStart(String(total).length);
  return `[${"#".repeat(filled)}${
    ".".repeat(width - filled)
  }] ${count}/${total}`;
}

/** Rows under their heads, columns wide enough; numbers stand to the right. */
export function textTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => String(row[column]).length))
  );
  const line = (row: readonly (string | number)[]) =>
    row.map((value, column) =>
      typeof value === "number" || /^[\d.]+$/.test(value)
        ? String(value).padStart(widths[column])
        : value.padEnd(widths[column])
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
