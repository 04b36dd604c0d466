/** A submission as nbgrader may read it: the instructor's marks, nothing odd. */
import { escapeHtml } from "../../../lib/base/html.ts";
import type { CheckedExercise } from "../notebook/assignment.ts";
import { markOf } from "../notebook/nbgrader.ts";
import type { Cell, Notebook } from "../notebook/notebook.ts";
import { shownCode, type SubmissionResult } from "../grade/result.ts";
import type { CellResult } from "./bridge.ts";

/** Characters of a text cell that nbgrader's pages get: they are made with each look. */
const longestText = 50_000;

/**
 * The notebook that nbgrader takes for the student's.
 *
 * Marks, types and ids of cells are the instructor's, so that nothing in the file
 * can confuse nbgrader; a marked cell that is not there is added with "restore" in
 * its metadata, for the bridge to fill in. Sources are the student's, with what
 * would hide or turn a part of them written out.
 *
 * @param submission Undefined where there is none that can be read.
 */
export function stagedNotebook(
  instructor: Notebook,
  submission: Notebook | undefined,
  { notes }: Pick<SubmissionResult, "notes">,
): Notebook {
  const marked = new Map(
    instructor.cells.flatMap((cell) => {
      const mark = markOf(cell);
      return mark ? [[mark.grade_id, cell] as const] : [];
    }),
  );
  const idOf = (cell: Cell) => {
    const id = markOf(cell)?.grade_id;
    return id !== undefined && marked.has(id) ? id : undefined;
  };
  const given = submission?.cells ?? [];
  const last = new Map(given.map((cell, i) => [idOf(cell), i]));
  const cells: Omit<Cell, "id">[] = [];
  if (notes.length > 0) cells.push(notesCell(notes));
  given.forEach((cell, i) => {
    const id = idOf(cell);
    const counts = id !== undefined && last.get(id) === i;
    const type = counts ? marked.get(id)!.type : cell.type;
    const metadata = counts ? markIn(marked.get(id)!) : {};
    cells.push({ type, source: shownSource({ ...cell, type }), metadata });
  });
  for (const [id, cell] of marked) {
    if (last.has(id)) continue;
    const metadata = { ...markIn(cell), restore: true };
    cells.push({ type: cell.type, source: "", metadata });
  }
  return {
    metadata: { kernelspec: instructor.metadata.kernelspec },
    cells: cells.map((cell, i) => ({ ...cell, id: `cell-${i + 1}` })),
  };
}

function markIn({ metadata: { nbgrader } }: Cell): Record<string, unknown> {
  return { nbgrader };
}

function shownSource({ type, source }: Pick<Cell, "type" | "source">): string {
  const text = shownCode(source);
  if (type === "code") return text;
  const left = text.length - longestText;
  return withoutHtml(
    left <= 0
      ? text
      : `${
        text.slice(0, longestText).toWellFormed()
      }\n\n... and ${left} characters more, in the submitted file`,
  );
}

/**
 * Markdown that cannot bring a script into nbgrader's pages, which trust it: tags
 * become visible text, and links keep no scheme that runs something.
 */
function withoutHtml(markdown: string): string {
  return markdown
    .replaceAll(/&(?=#|\w+;)/g, "&amp;")
    .replaceAll(/<(?=[a-z/!?])/gi, "&lt;")
    .replaceAll(/(javascript|vbscript|data)(?=\\?:)/gi, "$1 ");
}

/** What the grader has to say about the whole notebook. */
function notesCell(notes: readonly string[]): Omit<Cell, "id"> {
  const lines = notes.map((note) => escapeHtml(note.replaceAll(/\s+/g, " ")));
  return {
    type: "markdown",
    source: `**The grader's notes**\n\n<pre>\n${lines.join("\n")}\n</pre>`,
    metadata: {},
  };
}

/** What nbgrader gets for each cell whose points a check gives, by grade_id. */
export function cellResults(
  exercises: readonly CheckedExercise[],
  result: SubmissionResult,
): Record<string, CellResult> {
  const { status, notes } = result;
  const why = status === "graded" ? "" : notes[0];
  return Object.fromEntries(
    result.exercises.flatMap((e, i) => {
      const { gradeId, program } = exercises[i];
      if (program === undefined) return [];
      return [[gradeId, {
        points: e.points,
        maxPoints: e.maxPoints,
        mistake: e.mistake ?? (why === "" ? e.status : status),
        details: e.details ?? why,
        printed: e.printed ?? "",
      }]];
    }),
  );
}
