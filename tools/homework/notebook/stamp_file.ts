/**
 * Writes nbgrader's checksums into a notebook file and leaves the rest as it is.
 *
 * @module
 */
import { isRecord, NotebookError, readNotebook } from "./notebook.ts";
import { stampNotebook } from "./nbgrader.ts";

/**
 * The text of the file with every mark complete.
 *
 * @param text The whole file, as `loadNotebook()` accepts it.
 * @throws {NotebookError} No notebook, or two cells with one grade_id.
 */
export function stampText(text: string): string {
  const file: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
  const stamped = stampNotebook(readNotebook(file)).cells;
  if (!isRecord(file) || !Array.isArray(file.cells)) {
    throw new NotebookError("stampText() expects a notebook");
  }
  file.cells.forEach((cell, i) => {
    if (isRecord(cell) && isRecord(cell.metadata)) { // no mark without metadata
      const { nbgrader } = stamped[i].metadata;
      if (nbgrader !== undefined) cell.metadata.nbgrader = nbgrader;
    }
  });
  return JSON.stringify(file, null, 1) + "\n";
}
