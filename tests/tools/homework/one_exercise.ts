/** Some exercises of a notebook of the course, solved in a way of one's own and graded. */
import { join } from "node:path";
import {
  type Cell,
  defaultLimits,
  type Grader,
  gradeSubmission,
  markOf,
  type Notebook,
  parseNotebook,
  prepareAssignment,
  prepareSandbox,
  type SubmissionResult,
  withGrader,
} from "cnn/homework";
import { isSetup } from "../../../tools/homework/notebook/exercises.ts";
import { root } from "../../../tools/paths.ts";

/** A notebook of the course with the set-up cell and some exercises alone. */
export async function only(
  name: string,
  ids: readonly string[],
): Promise<Notebook> {
  const path = join(root, "notebooks", `${name}.ipynb`);
  const notebook = parseNotebook(await Deno.readFile(path));
  const cells = notebook.cells.filter((cell) => {
    const id = markOf(cell)?.grade_id;
    return isSetup(cell) || ids.some((one) => id?.endsWith(`-${one}`));
  });
  return { ...notebook, cells };
}

/** Grades the notebook with one cell's code replaced and others put before it. */
export async function gradeCells(
  notebook: Notebook,
  edits: Readonly<Record<string, string>>,
  added: readonly string[] = [],
  grader?: Grader,
): Promise<SubmissionResult> {
  const own = added.map((source, i): Cell => ({
    type: "code",
    id: `added-${i}`,
    source,
    metadata: {},
  }));
  const cells = notebook.cells.flatMap((cell) => {
    const source = edits[markOf(cell)?.grade_id ?? ""];
    return source === undefined ? [cell] : [...own, { ...cell, source }];
  });
  const handedIn = { student: "ann", notebook: { ...notebook, cells } };
  const assignment = prepareAssignment("fixture", notebook);
  const run = (grader: Grader) => gradeSubmission(assignment, handedIn, grader);
  if (grader) return await run(grader);
  return await withGrader(await prepareSandbox(), defaultLimits, run);
}
