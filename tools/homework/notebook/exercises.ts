/**
 * The exercises of an instructor's notebook: which cells are solved, which check.
 */
import { shown } from "../../../lib/base/options.ts";
import { type Cell, type Notebook, NotebookError } from "./notebook.ts";
import { markOf, type NbgraderMark } from "./nbgrader.ts";

/** One exercise: text, cells to solve, and the cell that gives the points. */
export interface Exercise {
  /** "2.1", from grade_id "check-2-1". */
  readonly id: string;
  readonly title: string;
  readonly points: number;
  /** grade_ids of the cells that the student solves. */
  readonly solutions: readonly string[];
  /** Source of the check with its hidden tests; undefined where a person grades. */
  readonly check?: string;
  /** grade_id of the cell with the points. */
  readonly gradeId: string;
  /** What the library refuses meanwhile: the functions that are to be written. */
  readonly forbids?: readonly string[];
}

/** Delimiters, as nbgrader's configuration sets them. */
export const delimiters = {
  solution: ["BEGIN SOLUTION", "END SOLUTION"],
  hidden: ["BEGIN HIDDEN TESTS", "END HIDDEN TESTS"],
} as const;

/** "check-2-1" -> "2.1", "check-2-1-speed" -> "2.1-speed"; others stay. */
export function exerciseId(gradeId: string): string {
  const match = /^(?:exercise|check|task)-(\d+)-(\d+.*)$/.exec(gradeId);
  return match ? `${match[1]}.${match[2]}` : gradeId;
}

/**
 * The exercises in the order of the notebook.
 *
 * A check belongs to the solution cells since the check before it.
 *
 * @throws {NotebookError} A grade_id twice, or a check without points.
 */
export function exercisesOf(notebook: Notebook): Exercise[] {
  const exercises: Exercise[] = [];
  const seen = new Set<string>();
  let solutions: string[] = [];
  let title = "";
  for (const cell of notebook.cells) {
    title = headingOf(cell) ?? title;
    const mark = markOf(cell);
    if (!mark) continue;
    if (seen.has(mark.grade_id)) {
      throw new NotebookError(
        `exercisesOf() expects each grade_id once but found "${mark.grade_id}" twice: give the second cell another grade_id`,
      );
    }
    seen.add(mark.grade_id);
    if (mark.solution) solutions.push(mark.grade_id);
    if (!mark.grade && !mark.task) continue;
    exercises.push(exerciseOf(cell, mark, { title, solutions }));
    solutions = [];
  }
  return exercises;
}

function exerciseOf(
  cell: Cell,
  mark: NbgraderMark,
  found: { title: string; solutions: string[] },
): Exercise {
  if (mark.points === undefined || !(mark.points >= 0)) {
    throw new NotebookError(
      `exercisesOf() expects points of 0 or more on the graded cell "${mark.grade_id}" but found ${mark.points}: write them into its nbgrader metadata`,
    );
  }
  const automatic = cell.type === "code" && !mark.solution && !mark.task;
  return {
    id: exerciseId(mark.grade_id),
    title: found.title,
    points: mark.points,
    solutions: found.solutions,
    gradeId: mark.grade_id,
    ...(automatic ? { check: cell.source } : {}),
    ...forbidsIn(cell, mark),
  };
}

/** `"forbids": ["conv2d"]` in the metadata of the cell with the points. */
function forbidsIn(
  cell: Cell,
  mark: NbgraderMark,
): { forbids?: readonly string[] } {
  const { forbids } = cell.metadata;
  if (forbids === undefined) return {};
  const fine = Array.isArray(forbids) && forbids.length > 0 &&
    forbids.every((name) => typeof name === "string" && /^\w+$/.test(name));
  if (fine) return { forbids };
  throw new NotebookError(
    `exercisesOf() expects "forbids" of the graded cell "${mark.grade_id}" to be a list of the library's names but found ${
      shown(forbids)
    }: write such as ["conv2d"]`,
  );
}

/** The text of a "### Exercise 2.1 (2 points): title" heading. */
function headingOf(cell: Cell): string | undefined {
  if (cell.type !== "markdown") return undefined;
  return /^#+\s*(Exercise\s.*)$/m.exec(cell.source)?.[1].trim();
}

/** True for the cell of imports that every exercise may use. */
export function isSetup(cell: Cell): boolean {
  return cell.type === "code" && hasTag(cell, "setup");
}

/** Whether a cell carries a tag, as JupyterLab's property panel writes them. */
export function hasTag({ metadata: { tags } }: Cell, tag: string): boolean {
  return Array.isArray(tags) && tags.includes(tag);
}
