/**
 * `deno task homework grade DIR --out DIR`.
 *
 * @module
 */
import { basename, dirname, join, relative } from "node:path";
import {
  type Assignment,
  prepareAssignment,
} from "../../lib/homework/assignment.ts";
import { countMistakes } from "../../lib/homework/class_report.ts";
import { exercisesOf } from "../../lib/homework/exercises.ts";
import {
  findSubmissions,
  handedIn,
} from "../../lib/homework/find_submissions.ts";
import { checkAssignment, gradeClass } from "../../lib/homework/grade_class.ts";
import { loadNotebook, notebookPaths } from "../../lib/homework/load.ts";
import { killAll } from "../../lib/homework/locked_process.ts";
import { NotebookError } from "../../lib/homework/notebook.ts";
import { writeReports } from "../../lib/homework/reports.ts";
import type { SubmissionResult } from "../../lib/homework/result.ts";
import { rootFolder } from "../../lib/homework/root.ts";
import { textTable } from "../table.ts";
import { ClassProgress } from "./class_progress.ts";
import {
  fromUser,
  limitOptions,
  type Options,
  outFolder,
  readLimits,
  readOptions,
  UsageError,
  wholeNumber,
} from "./options.ts";

/** Grades a folder of submissions and writes the reports. */
export async function gradeCommand(args: string[]): Promise<number> {
  const options = readOptions("grade", args, {
    ...limitOptions,
    out: { type: "string" },
    jobs: { type: "string" },
    source: { type: "string" },
    notebook: { type: "string", multiple: true },
  });
  const { folder, out } = await folders(options);
  const limits = readLimits("grade", options);
  const jobs = wholeNumber("grade", options, "jobs", 2);
  const assignments = await chooseAssignments(folder, options);
  Deno.addSignalListener("SIGINT", () => {
    killAll();
    console.error("\nStopped; the same command goes on from here.");
    Deno.exit(130);
  });
  for (const assignment of assignments) {
    await checkAssignment(assignment, limits);
  }
  const names = assignments.map(({ name }) => name);
  const { submissions, ignored } = await findSubmissions(folder, names);
  const progress = new ClassProgress();
  const results = await gradeClass(assignments, submissions, {
    jobs,
    limits,
    results: join(out, "results"),
    onProgress: (done, total, name) => progress.update(done, total, name),
  });
  progress.finish();
  await writeReports(out, results, ignored);
  console.log(summary(results, ignored));
  console.log(`\nReports: ${out}`);
  return 0;
}

/** The two folders; one inside the other would mix results and submissions. */
async function folders(
  { values, positionals }: Options,
): Promise<{ folder: string; out: string }> {
  if (positionals.length !== 1) {
    throw new UsageError(
      "grade expects one folder with <student>/<notebook>.ipynb",
    );
  }
  const folder = fromUser(positionals[0]);
  let real: string;
  try {
    real = await Deno.realPath(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`grade found no folder ${folder}`, { cause: error });
  }
  if (!(await Deno.stat(real)).isDirectory) {
    throw new UsageError(`grade expects a folder but found the file ${folder}`);
  }
  const out = outFolder("grade", values);
  const inside = relative(real, await realPathOf(out));
  if (!/^\.\.([\\/]|$)/.test(inside)) {
    throw new UsageError(
      `grade expects --out outside the folder of submissions but found ${out} in it`,
    );
  }
  await Deno.mkdir(out, { recursive: true });
  return { folder, out };
}

/** The path without links, also of a folder that does not exist yet. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return join(await realPathOf(dirname(path)), basename(path));
  }
}

/** The instructor's notebooks: those named, or those that somebody handed in. */
async function chooseAssignments(
  folder: string,
  { values }: Options,
): Promise<Assignment[]> {
  const named = values.notebook as string[] | undefined;
  const source = typeof values.source === "string"
    ? fromUser(values.source)
    : join(rootFolder, "notebooks");
  const paths = named?.map(fromUser) ?? await notebookPaths(source);
  const loaded = await Promise.all(paths.map(loadNotebook));
  const graded = named
    ? loaded
    : loaded.filter(({ notebook }) => exercisesOf(notebook).length > 0);
  const names = graded.map(({ name }) => name);
  const wanted = named ? names : await handedIn(folder, names);
  if (wanted.length === 0) {
    throw new NotebookError(
      `grade expects submissions <student>/<notebook>.ipynb of ${
        names.join(", ") || `a notebook in ${source}`
      } but found none in ${folder}: check the folder, or name the assignment with --notebook`,
    );
  }
  return graded.filter(({ name }) => wanted.includes(name))
    .map(({ name, notebook }) => prepareAssignment(name, notebook));
}

function summary(
  results: readonly SubmissionResult[],
  ignored: readonly string[],
): string {
  const rows = Map.groupBy(results, (r) => r.notebook).entries().map((
    [notebook, own],
  ) => {
    const count = (status: string) =>
      own.filter((r) => r.status === status).length;
    const graded = own.filter((r) => r.status === "graded");
    const mean = graded.reduce((sum, r) => sum + r.points, 0) / graded.length;
    return [
      notebook,
      graded.length,
      count("unreadable"),
      count("missing"),
      graded.length > 0 ? `${mean.toFixed(1)}` : "",
      own[0].maxPoints,
    ];
  });
  const heads = ["notebook", "graded", "unreadable", "missing", "mean", "of"];
  const mistakes = countMistakes(results).slice(0, 8).map((m) => [
    m.notebook,
    m.exercise,
    m.mistake,
    m.students,
  ]);
  return [
    textTable(heads, [...rows]),
    ...(mistakes.length > 0
      ? [
        "\nMost frequent mistakes\n" +
        textTable(["notebook", "exercise", "mistake", "students"], mistakes),
      ]
      : []),
    ...ignored.map((line) => `Ignored: ${line}`),
  ].join("\n");
}
