/**
 * Grades a folder of submissions, several at once, and goes on where it stopped.
 */
import { join } from "node:path";
import { settle, shown } from "../../../lib/base/options.ts";
import type { Assignment } from "../notebook/assignment.ts";
import { type Grader, withGrader } from "./check_process.ts";
import { safeFileName } from "../file_names.ts";
import { readIfThere } from "../../files.ts";
import type { FoundSubmission } from "./find_submissions.ts";
import { gradeSubmission } from "./grade_submission.ts";
import {
  defaultLimits,
  type Limits,
  notebookSeconds,
} from "../sandbox/limits.ts";
import { type Notebook, NotebookError } from "../notebook/notebook.ts";
import { OwnFolder } from "../../own_folder.ts";
import type { SubmissionResult } from "./result.ts";
import { checkRunnable } from "../notebook/runnable.ts";
import { prepareSandbox, type SandboxFiles } from "../sandbox/sandbox_files.ts";
import { keyOf, takeOver } from "./saved_result.ts";
import { readSubmission, sumOf } from "./read_submission.ts";
import { emptyResult } from "./ungraded.ts";
import { tooManyStops } from "./verdict.ts";

/** How to grade. */
export interface GradeOptions {
  /** Submissions at once; 2 unless told. */
  readonly jobs?: number;
  readonly limits?: Limits;
  /**
   * Seconds of a first look, 3 unless told: what takes longer in one exercise is set
   * aside, and graded alone once all others are.
   */
  readonly firstLook?: number;
  /** What the sandboxes read; prepared unless told. */
  readonly files?: SandboxFiles;
  /** Students whose saved results do not count. */
  readonly again?: ReadonlySet<string>;
  /** Folder of finished results; those that still hold are taken over. */
  readonly results: string;
  /** Called with the place of a submission, and a sum of what was read of it. */
  readonly onRead?: (index: number, sum: string) => void;
  /** Called after each submission. */
  readonly onProgress?: (done: number, total: number, name: string) => void;
}

/** Grades what was found; the results stand in the order of `submissions`. */
export async function gradeClass(
  assignments: readonly Assignment[],
  submissions: readonly FoundSubmission[],
  options: GradeOptions,
): Promise<SubmissionResult[]> {
  const graded: SubmissionResult[] = new Array(submissions.length);
  await gradeEach(assignments, submissions, options, (index, result) => {
    graded[index] = result;
  });
  return graded;
}

/**
 * Grades what was found and keeps nothing of it.
 *
 * @param keep Gets each result with its place in `submissions`.
 * @throws {Error} The sandbox does not start.
 * @throws {OutFolderError} `results` is a place that must not be written into.
 */
export async function gradeEach(
  assignments: readonly Assignment[],
  submissions: readonly FoundSubmission[],
  options: GradeOptions,
  keep: (index: number, result: SubmissionResult) => void | Promise<void>,
): Promise<void> {
  const settled = settle("gradeClass", options, {
    jobs: 2,
    limits: defaultLimits,
    firstLook: 3,
    files: undefined,
    again: new Set<string>(),
    results: undefined,
    onRead: undefined,
    onProgress: undefined,
  });
  const { jobs, limits, firstLook, again, results, onProgress } = settled;
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new RangeError(
      `gradeClass() expects jobs to be a whole number of 1 or more but found ${
        shown(jobs)
      }`,
    );
  }
  const folder = await OwnFolder.open("grade", results);
  const files = settled.files ?? await prepareSandbox();
  const byName = new Map(assignments.map((a) => [a.name, a]));
  const alone: number[] = [];
  let next = 0;
  let done = 0;
  let changes = 0; // how often the copies were found changed
  const take = async (index: number, grade: Grade): Promise<void> => {
    const found = submissions[index];
    const assignment = byName.get(found.notebook)!;
    const onRead = (sum: string) => settled.onRead?.(index, sum);
    const context = { files, limits, folder, again, onRead, grade };
    const result = await gradeFound(assignment, found, context);
    if (result === undefined) return void alone.push(index);
    await keep(index, result);
    onProgress?.(++done, submissions.length, found.student);
  };

  /** Beside others: what may have to do with them is not sure, and set aside. */
  const beside = async (): Promise<void> => {
    let late = false;
    const first = hurried(limits, firstLook, () => late = true);
    const grade = (grader: Grader): Grade => async (...submission) => {
      const before = changes;
      late = false;
      let result: SubmissionResult | undefined;
      try {
        result = await gradeBytes(...submission, grader);
      } catch {
        // Alone, it is told.
      }
      if (!await files.check()) changes++;
      // A first look ends with its first stop: what it left out is done alone.
      const cut = result?.exercises.some(({ mistake }) =>
        mistake === tooManyStops.mistake
      );
      return result && !late && !cut && changes === before
        ? { result, isSure: true }
        : undefined;
    };
    await withGrader(files, first, async (grader) => {
      try {
        while (next < submissions.length) await take(next++, grade(grader));
      } catch (error) {
        next = submissions.length; // the others stop as well
        throw error;
      }
    });
  };
  const workers = Math.max(1, Math.min(jobs, submissions.length));
  await Promise.all(Array.from({ length: workers }, beside));

  let late = false;
  const onTime = () => late = true;
  await withGrader(files, { ...limits, onTime }, async (grader) => {
    const grade: Grade = async (...submission) => {
      late = false;
      const result = await gradeSafely(...submission, grader);
      await files.check();
      return { result, isSure: !late };
    };
    for (const index of alone.sort((a, b) => a - b)) await take(index, grade);
  });
  await folder.close();
}

/** What grading gave, and whether a later run may trust it; undefined to set it aside. */
type Grade = (
  assignment: Assignment,
  found: FoundSubmission,
  bytes: Uint8Array,
) => Promise<{ result: SubmissionResult; isSure: boolean } | undefined>;

/** The limits of a first look, which ends with the first stop. */
function hurried(limits: Limits, seconds: number, onTime: () => void): Limits {
  return {
    ...limits,
    seconds: Math.min(limits.seconds, seconds),
    notebookSeconds: Math.min(notebookSeconds(limits), seconds * 3),
    cpuSeconds: seconds * 3,
    waits: 1.5, // who only waits takes a place from others
    stops: 1,
    onTime,
  };
}

/** Checks that the instructor's own solutions get all points. */
export async function checkAssignment(
  assignment: Assignment,
  limits: Limits = defaultLimits,
): Promise<void> {
  const submission = { student: "", notebook: assignment.notebook };
  const { exercises } = await withGrader(
    await prepareSandbox(),
    limits,
    (grader) => gradeSubmission(assignment, submission, grader),
  );
  const failed = exercises.filter((e) =>
    e.status !== "passed" && e.status !== "manual"
  );
  if (failed.length === 0) return;
  const lines = failed.map((e) => `  ${e.id}: ${e.mistake}. ${e.details}`);
  throw new NotebookError(
    `The instructor's own solutions in ${assignment.name}.ipynb do not pass, so nobody could:\n${
      lines.join("\n")
    }`,
  );
}

async function gradeFound(
  assignment: Assignment,
  found: FoundSubmission,
  { files, limits, folder, again, onRead, grade }: {
    files: SandboxFiles;
    limits: Limits;
    folder: OwnFolder;
    again: ReadonlySet<string>;
    onRead: (sum: string) => void;
    grade: Grade;
  },
): Promise<SubmissionResult | undefined> {
  if (found.path === undefined) {
    const { status, text } = found.problem!;
    return emptyResult(assignment, found, status, text);
  }
  const bytes = await readSubmission(found.path, found.entry);
  onRead(sumOf(bytes));
  if (typeof bytes === "string") {
    return emptyResult(assignment, found, "unreadable", bytes);
  }
  const key = keyOf(assignment, found, bytes, { files, limits });
  const [student, notebook] = [found.student, found.notebook].map(safeFileName);
  const path = `${student}/${notebook}.json`;
  const saved = again.has(found.student)
    ? undefined
    : await readIfThere(join(folder.path, path));
  const earlier = takeOver(saved, key);
  if (earlier) return earlier;
  const made = await grade(assignment, found, bytes);
  if (made?.isSure) {
    const text = JSON.stringify({ key, result: made.result }, null, 1) + "\n";
    await folder.write(path, text, { aside: true });
  }
  return made?.result;
}

async function gradeBytes(
  assignment: Assignment,
  found: FoundSubmission,
  bytes: Uint8Array,
  grader: Grader,
): Promise<SubmissionResult> {
  let notebook: Notebook;
  try {
    notebook = await grader.reader.notebook(bytes);
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    return emptyResult(assignment, found, "unreadable", error.message);
  }
  const { student } = found;
  const notes = [...found.notes, ...oddOf(notebook)];
  const submission = { student, notebook, notes };
  return await gradeSubmission(assignment, submission, grader);
}

/**
 * A submission's result whatever happens: a fault that it alone brings about is
 * its own row. A sandbox that does not run the instructor's notebook either
 * stops the class, since nobody could be graded fairly.
 */
async function gradeSafely(
  assignment: Assignment,
  found: FoundSubmission,
  bytes: Uint8Array,
  grader: Grader,
): Promise<SubmissionResult> {
  try {
    return await gradeBytes(assignment, found, bytes, grader);
  } catch (error) {
    await checkAssignment(assignment, grader.limits);
    const text = error instanceof Error ? error.message : String(error);
    return emptyResult(
      assignment,
      found,
      "unreadable",
      `The grader could not go on with this notebook (${text}); the instructor's own runs, so look at what is unusual in it`,
    );
  }
}

/** Why nothing of a notebook may run, such as another language: it is graded all the same. */
function oddOf(notebook: Notebook): string[] {
  try {
    checkRunnable(notebook, { unstamped: true });
    return [];
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    return [error.message];
  }
}
