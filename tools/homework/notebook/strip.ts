/**
 * From the instructor's notebook to the students': no solutions, no hidden tests.
 *
 * The rules are nbgrader's (ClearSolutions, ClearHiddenTests, LockCells), so
 * both ways of assigning give the same notebook.
 */
import { delimiters, exerciseId, exercisesOf } from "./exercises.ts";
import { type Cell, type Notebook, NotebookError } from "./notebook.ts";
import { isLocked, markOf, stampNotebook } from "./nbgrader.ts";

/** What stands in the place of a written solution. */
const textStub = "YOUR ANSWER HERE";

/** What stands in the place of a solution in code. */
function codeStub(exercise: string): string {
  return `throw new Error("Not implemented: exercise ${exercise}");`;
}

/**
 * Replaces the lines between two delimiters; the delimiters go too.
 *
 * @returns The text, and whether there was such a region.
 * @throws {NotebookError} A region in a region, or one without an end.
 *
 * @example
 * ```ts
 * import { replaceRegion } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * const source = "f(\n  // BEGIN SOLUTION\n  1\n  // END SOLUTION\n);";
 * const { text } = replaceRegion(source, ["BEGIN SOLUTION", "END SOLUTION"], "0");
 * assertEquals(text, "f(\n  0\n);");
 * ```
 */
export function replaceRegion(
  source: string,
  [begin, end]: readonly [string, string],
  replacement?: string,
): { text: string; found: boolean } {
  const kept: string[] = [];
  let inside = false;
  let found = false;
  for (const line of source.split("\n")) {
    if (line.includes(begin)) {
      if (inside) {
        throw new NotebookError(
          `A region "${begin}" begins inside another: put "${end}" before it`,
        );
      }
      inside = found = true;
      if (replacement === undefined) continue;
      const indent = /^\s*/.exec(line)![0];
      kept.push(...replacement.split("\n").map((stub) => indent + stub));
    } else if (line.includes(end)) inside = false;
    else if (!inside) kept.push(line);
  }
  if (inside) {
    throw new NotebookError(
      `A region "${begin}" has no end: put "${end}" after it`,
    );
  }
  return { text: kept.join("\n"), found };
}

/** A source without its hidden tests. */
export function withoutHiddenTests(source: string): string {
  return replaceRegion(source, delimiters.hidden).text;
}

/**
 * The students' version of a notebook.
 *
 * @throws {NotebookError} A solution or hidden test in a cell that is not marked
 *   as one, or without an end.
 */
export function studentVersion(notebook: Notebook): Notebook {
  const exerciseOf = new Map<string, string>();
  for (const { id, solutions, gradeId } of exercisesOf(notebook)) {
    for (const solution of solutions) exerciseOf.set(solution, id);
    if (!exerciseOf.has(gradeId)) exerciseOf.set(gradeId, id);
  }
  const cells = notebook.cells.map((cell) => stripCell(cell, exerciseOf));
  return stampNotebook({ metadata: notebook.metadata, cells });
}

function stripCell(cell: Cell, exerciseOf: Map<string, string>): Cell {
  const mark = markOf(cell);
  const solution = replaceRegion(
    cell.source,
    delimiters.solution,
    stubFor(cell, exerciseOf),
  );
  if (solution.found && !mark?.solution) {
    throw new NotebookError(
      `A solution stands in a cell that is not marked as one (${
        nameOf(cell)
      }): set "solution": true in its nbgrader metadata`,
    );
  }
  let source = mark?.solution && !solution.found
    ? stubFor(cell, exerciseOf)
    : solution.text;
  const hidden = replaceRegion(source, delimiters.hidden);
  if (hidden.found && !mark?.grade) {
    throw new NotebookError(
      `Hidden tests stand in a cell that gives no points (${
        nameOf(cell)
      }): set "grade": true in its nbgrader metadata`,
    );
  }
  source = hidden.text;
  const metadata: Record<string, unknown> = { ...cell.metadata };
  if (mark && (mark.solution || isLocked(mark))) metadata.deletable = false;
  if (mark && isLocked(mark)) metadata.editable = false;
  return { ...cell, source, metadata };
}

function stubFor(cell: Cell, exerciseOf: Map<string, string>): string {
  if (cell.type !== "code") return textStub;
  const gradeId = markOf(cell)?.grade_id ?? "";
  return codeStub(exerciseOf.get(gradeId) ?? exerciseId(gradeId));
}

function nameOf(cell: Cell): string {
  return markOf(cell)?.grade_id ?? cell.id ??
    cell.source.split("\n")[0].slice(0, 60);
}
