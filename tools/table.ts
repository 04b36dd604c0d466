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

/** Rows under their heads, columns wide enough; columns of numbers stand to the right. */
export function textTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const columns = heads.map((head, i) => {
    const values = rows.map((row) => String(row[i]));
    return {
      width: Math.max(head.length, ...values.map((value) => value.length)),
      right: values.every((value) => /^[\d.]+$/.test(value)),
    };
  });
  const line = (row: readonly (string | number)[]) =>
    columns.map(({ width, right }, i) =>
      right ? String(row[i]).padStart(width) : String(row[i]).padEnd(width)
    ).join("  ").trimEnd();
  const rule = columns.map(({ width }) => "-".repeat(width)).join("  ");
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
