/** nbgrader's cell metadata (schema 3): reading it, and its checksums. */
import { createHash } from "node:crypto";
import {
  type Cell,
  isRecord,
  type Notebook,
  NotebookError,
  readNotebook,
} from "./notebook.ts";

/** What nbgrader keeps in `cell.metadata.nbgrader`. */
export interface NbgraderMark {
  readonly schema_version: number;
  readonly grade: boolean;
  readonly solution: boolean;
  readonly locked: boolean;
  readonly task: boolean;
  readonly grade_id: string;
  readonly points?: number;
  readonly cell_type?: string;
  readonly checksum?: string;
}

/** The nbgrader mark of a cell; undefined where it has none or a damaged one. */
export function markOf(cell: Cell): NbgraderMark | undefined {
  const mark = cell.metadata.nbgrader;
  if (!isRecord(mark)) return undefined;
  const { grade_id, points, cell_type, checksum } = mark;
  if (typeof grade_id !== "string" || grade_id === "") return undefined;
  return {
    schema_version: 3,
    grade: mark.grade === true,
    solution: mark.solution === true,
    locked: mark.locked === true,
    task: mark.task === true,
    grade_id,
    ...(typeof points === "number" ? { points } : {}),
    ...(typeof cell_type === "string" ? { cell_type } : {}),
    ...(typeof checksum === "string" ? { checksum } : {}),
  };
}

/** nbgrader restores such a cell from the instructor's copy. */
export function isLocked(mark: NbgraderMark): boolean {
  return !mark.solution && (mark.grade || mark.locked);
}

/** A number as Python's `str(float(x))` writes it, for the range of points. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const pythonBoolean = (value: boolean) => value ? "True" : "False";

/**
 * The MD5 sum that nbgrader 0.9.6 computes over a cell.
 *
 * Source: nbgrader/utils.py, `compute_checksum`.
 *
 * @returns 32 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { checksumOf } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * const mark = { schema_version: 3, grade: true, solution: false, locked: true, task: false, grade_id: "check-1", points: 2 };
 * assertEquals(checksumOf("1 + 1", "code", mark), "666bf2d07d9c93314cbcee2e7a6adcf0");
 * ```
 */
export function checksumOf(
  source: string,
  cellType: Cell["type"],
  mark: NbgraderMark,
): string {
  const hash = createHash("md5")
    .update(source)
    .update(cellType)
    .update(pythonBoolean(mark.grade))
    .update(pythonBoolean(mark.solution))
    .update(pythonBoolean(isLocked(mark)))
    .update(mark.grade_id);
  if (mark.grade) hash.update(pythonFloat(mark.points ?? 0));
  return hash.digest("hex");
}

/** The cell with its mark complete: schema, cell type, checksum. */
function stampCell(cell: Cell): Cell {
  const mark = markOf(cell);
  if (!mark) return cell;
  const nbgrader = {
    ...mark,
    cell_type: cell.type,
    checksum: checksumOf(cell.source, cell.type, mark),
  };
  return { ...cell, metadata: { ...cell.metadata, nbgrader } };
}

/**
 * The notebook with every mark complete and its checksum right.
 *
 * @throws {NotebookError} Two cells with one grade_id.
 */
export function stampNotebook(notebook: Notebook): Notebook {
  const seen = new Set<string>();
  for (const cell of notebook.cells) {
    const id = markOf(cell)?.grade_id;
    if (id === undefined) continue;
    if (seen.has(id)) {
      throw new NotebookError(
        `stampNotebook() expects each grade_id once but found "${id}" twice: give the second cell another grade_id`,
      );
    }
    seen.add(id);
  }
  return { ...notebook, cells: notebook.cells.map(stampCell) };
}

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

/** True where a locked cell still is what its checksum says. */
export function isUnchanged(cell: Cell): boolean {
  const mark = markOf(cell);
  return mark?.checksum === undefined ||
    mark.checksum === checksumOf(cell.source, cell.type, mark);
}
