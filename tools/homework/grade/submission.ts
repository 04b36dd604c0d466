/** Which cells of a submission are the student's own, and what looks odd. */
import { type Exercise, isSetup } from "../notebook/exercises.ts";
import { type Cell, isRecord, type Notebook } from "../notebook/notebook.ts";
import { isLocked, markOf } from "../notebook/nbgrader.ts";
import { withoutHiddenTests } from "../notebook/strip.ts";

/** A cell of the submission that will run in the sandbox. */
export interface StudentCell {
  /** Place in the submission, from 1; 0 for the instructor's setup cell. */
  readonly place: number;
  readonly source: string;
  /** Present on a cell that belongs to an exercise. */
  readonly gradeId?: string;
}

/** A submission sorted into what runs and what is said about it. */
export interface SubmissionPlan {
  readonly cells: readonly StudentCell[];
  /** Odd things, each a sentence for the student. */
  readonly notes: readonly string[];
  /** Text of the cells that belong to an exercise, by grade_id. */
  readonly answers: ReadonlyMap<string, string>;
}

/**
 * Sorts the cells of a submission by the instructor's notebook.
 *
 * What runs: the instructor's setup cell, the solution cells, and cells that
 * the student added. What does not: the lecture's own cells and the checks.
 */
export function planSubmission(
  instructor: Notebook,
  exercises: readonly Exercise[],
  submission: Notebook,
): SubmissionPlan {
  const known = knownCells(instructor);
  const solutionIds = new Set(exercises.flatMap((e) => e.solutions));
  const answers = new Map<string, string>();
  const notes: string[] = kernelNotes(submission);
  const seen = new Set<string>();
  const cells: StudentCell[] = instructor.cells.filter(isSetup)
    .map(({ source }) => ({ place: 0, source }));
  submission.cells.forEach((cell, index) => {
    const place = index + 1;
    const gradeId = markOf(cell)?.grade_id;
    if (gradeId !== undefined && known.marked.has(gradeId)) {
      if (seen.has(gradeId)) {
        notes.push(
          `Two cells carry the grade_id "${gradeId}"; what the later one defines counts.`,
        );
      }
      seen.add(gradeId);
    }
    if (gradeId !== undefined && solutionIds.has(gradeId)) {
      answers.set(gradeId, cell.source);
      if (cell.type === "code") {
        cells.push({ place, source: cell.source, gradeId });
      } else if (known.marked.get(gradeId)?.type === "code") {
        notes.push(
          `The cell "${gradeId}" is no code cell any more, so it was not run.`,
        );
      }
      return;
    }
    const original = gradeId === undefined
      ? undefined
      : known.marked.get(gradeId);
    if (original) {
      const changed = !sameText(cell.source, original.source) &&
        !sameText(cell.source, withoutHiddenTests(original.source));
      if (changed) {
        notes.push(
          `The locked cell "${gradeId}" was changed; the instructor's copy counts.`,
        );
      }
    } else if (cell.type === "code" && isStudents(cell, known)) {
      cells.push({ place, source: cell.source });
    }
  });
  for (const exercise of exercises) {
    for (const id of [...exercise.solutions, exercise.gradeId]) {
      if (!seen.has(id)) notes.push(`The cell "${id}" is missing.`);
    }
  }
  return { cells, notes: [...new Set(notes)], answers };
}

interface KnownCells {
  readonly marked: Map<string, Cell>;
  readonly ids: Set<string>;
  readonly sources: Set<string>;
}

/** The instructor's cells that a student's copy repeats. */
function knownCells(instructor: Notebook): KnownCells {
  const marked = new Map<string, Cell>();
  const ids = new Set<string>();
  const sources = new Set<string>();
  for (const cell of instructor.cells) {
    const mark = markOf(cell);
    if (mark) marked.set(mark.grade_id, cell);
    if (mark?.solution) continue;
    if (mark && isLocked(mark)) {
      sources.add(withoutHiddenTests(cell.source).trim());
    }
    sources.add(cell.source.trim());
    if (cell.id !== undefined && !isSetup(cell)) ids.add(cell.id);
  }
  return { marked, ids, sources };
}

function isStudents(cell: Cell, known: KnownCells): boolean {
  if (cell.source.trim() === "") return false;
  if (known.sources.has(cell.source.trim())) return false;
  return cell.id === undefined || !known.ids.has(cell.id);
}

function sameText(a: string, b: string): boolean {
  return a.trim() === b.trim();
}

/** A remark when the notebook was saved with another kernel. */
function kernelNotes(submission: Notebook): string[] {
  const kernel = submission.metadata.kernelspec;
  if (!isRecord(kernel)) return [];
  const { name, language } = kernel;
  if (name === "deno" || language === "typescript") return [];
  const found = typeof name === "string" ? name : "another";
  return [
    `The notebook was saved with the kernel "${
      found.slice(0, 60)
    }", not "deno"; its cells were run as TypeScript.`,
  ];
}
