/**
 * Lines of cells in columns, two spaces apart and as wide as their longest cell.
 *
 * @param lines Cells as they are written, the heads first.
 * @param right Which columns stand at the right, as numbers do.
 * @param options `rule`: a line of dashes below the heads, unless false.
 */
export function textTable(
  lines: readonly (readonly string[])[],
  right: readonly boolean[],
  { rule = true } = {},
): string {
  const widths = right.map((_, i) =>
    Math.max(...lines.map((cells) => cells[i].length))
  );
  const dashes = widths.map((width) => "-".repeat(width));
  return (rule ? lines.toSpliced(1, 0, dashes) : lines).map((cells) =>
    cells.map((cell, i) =>
      right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])
    ).join("  ").trimEnd()
  ).join("\n");
}
