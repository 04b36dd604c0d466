/**
 * A student's own check of a notebook: the visible tests, run as the grader does.
 */
import { prepareAssignment } from "../notebook/assignment.ts";
import { withGrader } from "./check_process.ts";
import { isSetup } from "../notebook/exercises.ts";
import { gradeSubmission } from "./grade_submission.ts";
import { defaultLimits, type Limits } from "../sandbox/limits.ts";
import { isLocked, isUnchanged, markOf } from "../notebook/nbgrader.ts";
import type { Notebook } from "../notebook/notebook.ts";
import type { SubmissionResult } from "./result.ts";
import { prepareSandbox } from "../sandbox/sandbox_files.ts";

/**
 * Runs the checks that stand in the notebook itself.
 *
 * @param name Name of the file without ".ipynb".
 * @throws {NotebookError} No exercises, or a check that does not parse.
 */
export async function validateNotebook(
  name: string,
  notebook: Notebook,
  limits: Limits = defaultLimits,
): Promise<SubmissionResult> {
  const assignment = prepareAssignment(name, withoutAdded(notebook), {
    broken: true,
  });
  const notes = notebook.cells.flatMap((cell) => {
    const mark = markOf(cell);
    if (!mark || !isLocked(mark) || isUnchanged(cell)) return [];
    return [
      `The locked cell "${mark.grade_id}" was changed; grading uses the instructor's copy.`,
    ];
  });
  const submission = { student: "", notebook, notes };
  return await withGrader(
    await prepareSandbox(),
    limits,
    (grader) => gradeSubmission(assignment, submission, grader),
  );
}

/**
 * The notebook without the code cells that a student may have added: those
 * after the first exercise that carry no mark. The others are the lecture.
 */
function withoutAdded(notebook: Notebook): Notebook {
  const first = notebook.cells.findIndex((cell) => markOf(cell) !== undefined);
  const cells = notebook.cells.filter((cell, i) =>
    i < first || cell.type !== "code" || isSetup(cell) ||
    markOf(cell) !== undefined
  );
  return { ...notebook, cells };
}
