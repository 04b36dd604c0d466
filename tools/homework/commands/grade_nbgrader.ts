/** `deno task homework grade --nbgrader COURSE ASSIGNMENT`. */
import { basename, join } from "node:path";
import { type Assignment, prepareAssignment } from "../notebook/assignment.ts";
import { formatNotebook } from "../notebook/format.ts";
import { loadNotebook, notebookPaths } from "../notebook/load.ts";
import { type Notebook, NotebookError } from "../notebook/notebook.ts";
import { withGrader } from "../grade/check_process.ts";
import type { SubmissionResult } from "../grade/result.ts";
import {
  Bridge,
  type CellResult,
  type Course,
  type Recorded,
} from "../nbgrader/bridge.ts";
import { cellResults, stagedNotebook } from "../nbgrader/staged.ts";
import {
  findSubmitted,
  readAgain,
  type SubmittedClass,
} from "../nbgrader/submitted.ts";
import type { Spool } from "../report/spool.ts";
import { prepareSandbox } from "../sandbox/sandbox_files.ts";
import { UsageError } from "../../options.ts";
import { fromUser, root } from "../../paths.ts";
import { remove } from "../../files.ts";
import { gradeAndReport, harmless, type Settings } from "./grade_and_report.ts";

/** What `grade` read of its command line. */
interface Options {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** Students that are written into the gradebook in one go. */
const atOnce = 100;

/**
 * Grades what lies in nbgrader's `submitted/` and fills its gradebook.
 *
 * @returns 0; 3 where the gradebook has not taken each student.
 */
export async function gradeInNbgrader(
  { positionals, values }: Options,
  settings: Omit<Settings, "out">,
): Promise<number> {
  for (const name of ["source", "notebook", "part"]) {
    if (values[name] === undefined) continue;
    throw new UsageError(
      `grade --nbgrader takes the notebooks of the course's source folder and writes one gradebook: leave --${name} out`,
    );
  }
  if (positionals.length !== 1) {
    throw new UsageError(
      "grade --nbgrader COURSE expects one assignment, such as hw2",
    );
  }
  const [name] = positionals;
  const folder = fromUser(String(values.nbgrader));
  const bridge = await Bridge.open(folder, values.python?.toString());
  const course = await bridge.describe(name);
  const assignments = await assignmentsOf(course, name);
  const place = {
    folder: course.submitted,
    assignment: name,
    names: assignments.map((assignment) => assignment.name),
  };
  const found = await findSubmitted(place);
  const sums = new Map<number, string>();
  if (found.submissions.length === 0) {
    throw new NotebookError(
      `grade --nbgrader expects submissions in ${course.submitted}/<student>/${name} but found none: nbgrader collect, or copy them there`,
    );
  }
  const out = typeof values.out === "string"
    ? fromUser(values.out)
    : join(root, "output", "grades", basename(folder), name);
  const spool = await gradeAndReport(assignments, found, {
    ...settings,
    out,
    onRead: (index, sum) => sums.set(index, sum),
  });
  try {
    const problems = await record(bridge, name, {
      assignments,
      place,
      found,
      sums,
      spool,
      limits: settings.limits,
    });
    for (const problem of problems) console.error(harmless(problem));
    console.log(
      `Gradebook: ${folder}; go on with nbgrader formgrader, generate_feedback, export`,
    );
    return problems.length > 0 ? 3 : 0;
  } finally {
    await spool.close();
  }
}

/** The instructor's notebooks, which must be those that the gradebook knows. */
async function assignmentsOf(
  course: Course,
  name: string,
): Promise<Assignment[]> {
  const again = `nbgrader generate_assignment ${name} writes it`;
  if (course.structure !== "{nbgrader_step}/{student_id}/{assignment_id}") {
    throw new NotebookError(
      `grade --nbgrader expects nbgrader's own layout of folders but found ${course.structure} in CourseDirectory.directory_structure: leave it as it is`,
    );
  }
  if (course.notebooks === null) {
    throw new NotebookError(
      `grade --nbgrader expects ${name} in the gradebook but found no such assignment: ${again}`,
    );
  }
  const paths = await notebookPaths(course.source);
  const loaded = await Promise.all(paths.map((path) => loadNotebook(path)));
  const assignments = loaded.filter(({ name }) => name in course.notebooks!)
    .map(({ name, notebook }) => prepareAssignment(name, notebook));
  for (const [notebook, cells] of Object.entries(course.notebooks)) {
    const own = assignments.find(({ name }) => name === notebook);
    const ours = (own?.exercises ?? []).map(({ gradeId, points }) =>
      `${gradeId} ${points}`
    );
    const theirs = Object.entries(cells).map(([id, points]) =>
      `${id} ${points}`
    );
    if (own && ours.sort().join() === theirs.sort().join()) continue;
    throw new NotebookError(
      `grade --nbgrader expects ${notebook}.ipynb in ${course.source} to be what the gradebook knows but found ${
        own ? "other cells or points" : "no such file"
      }: ${again} anew`,
    );
  }
  return assignments;
}

interface Graded {
  readonly assignments: readonly Assignment[];
  readonly place: Parameters<typeof findSubmitted>[0];
  readonly found: SubmittedClass;
  /** Of what was graded, by place. */
  readonly sums: ReadonlyMap<number, string>;
  readonly spool: Spool;
  readonly limits: Settings["limits"];
}

/** Writes a class into the gradebook; a line for each student who is not as we graded. */
async function record(
  bridge: Bridge,
  name: string,
  graded: Graded,
): Promise<string[]> {
  const problems: string[] = [];
  const places = Map.groupBy(
    graded.found.submissions.keys(),
    (place) => graded.found.submissions[place].student,
  );
  const students = [...places];
  for (let i = 0; i < students.length; i += atOnce) {
    const some = students.slice(i, i + atOnce);
    console.error(
      `Gradebook: students ${i + 1} to ${
        i + some.length
      } of ${students.length}`,
    );
    problems.push(...await recordEach(bridge, name, graded, some));
  }
  return problems;
}

/** Records students together, and each alone where one of them ends nbgrader. */
async function recordEach(
  bridge: Bridge,
  name: string,
  graded: Graded,
  students: readonly [student: string, places: number[]][],
): Promise<string[]> {
  try {
    return await recordSome(bridge, name, graded, students);
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    if (students.length === 1) return [`${students[0][0]}: ${error.message}`];
    const problems: string[] = [];
    for (const one of students) {
      problems.push(...await recordEach(bridge, name, graded, [one]));
    }
    return problems;
  }
}

async function recordSome(
  bridge: Bridge,
  name: string,
  { assignments, place, found, sums, spool, limits }: Graded,
  students: readonly [student: string, places: number[]][],
): Promise<string[]> {
  const byName = new Map(assignments.map((a) => [a.name, a]));
  const problems: string[] = [];
  const staged = await Deno.makeTempDir({ prefix: "homework_nbgrader_" });
  try {
    const results: Record<string, Record<string, Record<string, CellResult>>> =
      Object.create(null);
    await withGrader(await prepareSandbox(), limits, async ({ reader }) => {
      for (const [student, places] of students) {
        const files = await readAgain(place, found, student, sums);
        if (files === undefined) {
          problems.push(
            `${student}: the submission changed after it was graded, so the gradebook is left as it was; the same command again grades what is there now`,
          );
          continue;
        }
        const folder = join(staged, student, name);
        await Deno.mkdir(folder, { recursive: true });
        for (const [file, text] of found.own.get(student) ?? []) {
          await Deno.writeTextFile(join(folder, file), text);
        }
        results[student] = Object.create(null);
        for (const index of places) {
          const { notebook: title } = found.submissions[index];
          const assignment = byName.get(title)!;
          const result = (await spool.at(index))!;
          const notebook = await parsed(files.get(index), result, reader);
          await Deno.writeTextFile(
            join(folder, `${assignment.name}.ipynb`),
            formatNotebook(
              stagedNotebook(assignment.notebook, notebook, result),
            ),
          );
          results[student][assignment.name] = cellResults(
            assignment.exercises,
            result,
          );
        }
      }
    });
    if (Object.keys(results).length === 0) return problems;
    const recorded = await bridge.record(name, { staged, results });
    for (const [student, own] of Object.entries(results)) {
      const problem = difference(recorded.students[student], own);
      if (problem === undefined) continue;
      const log = recorded.students[student] === undefined
        ? `\n${recorded.log.trimEnd().slice(-2000)}`
        : "";
      problems.push(`${student}: ${problem}${log}`);
    }
    return problems;
  } finally {
    await remove(staged);
  }
}

/** The submission's notebook as the grader read it; undefined where it could not. */
async function parsed(
  bytes: Uint8Array | string | undefined,
  { status }: SubmissionResult,
  reader: { notebook(bytes: Uint8Array): Promise<Notebook> },
): Promise<Notebook | undefined> {
  if (!(bytes instanceof Uint8Array) || status !== "graded") return undefined;
  return await reader.notebook(bytes);
}

/** In what the gradebook differs from our points. */
function difference(
  recorded: Recorded | undefined,
  results: Record<string, Record<string, CellResult>>,
): string | undefined {
  if (recorded === undefined) return "nbgrader could not record this student";
  for (const [notebook, cells] of Object.entries(results)) {
    for (const [id, { points }] of Object.entries(cells)) {
      const found = recorded.notebooks[notebook]?.[id]?.auto;
      if (found === points) continue;
      return `the gradebook has ${found} points for ${id} in ${notebook}, not ${points}`;
    }
  }
  return undefined;
}
