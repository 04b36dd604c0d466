/** `deno task homework grade DIR --out DIR`. */
import { basename, dirname, join } from "node:path";
import { type Assignment, prepareAssignment } from "../notebook/assignment.ts";
import { countMistakes } from "../report/class_report.ts";
import { exercisesOf } from "../notebook/exercises.ts";
import {
  findSubmissions,
  handedIn,
  insteadOf,
} from "../grade/find_submissions.ts";
import { checkAssignment, gradeClass } from "../grade/grade_class.ts";
import { loadNotebook, notebookPaths } from "../notebook/load.ts";
import { killAll } from "../sandbox/locked_process.ts";
import { NotebookError } from "../notebook/notebook.ts";
import { ifThere } from "../../files.ts";
import { OwnFolder } from "../../own_folder.ts";
import { reportPaths, writeReports } from "../report/reports.ts";
import type { SubmissionResult } from "../grade/result.ts";
import { UsageError } from "../../options.ts";
import { fromUser, root } from "../../paths.ts";
import { Progress } from "../../progress.ts";
import { bar, textTable } from "../../table.ts";
import {
  limitOptions,
  outFolder,
  readLimits,
  readOptions,
  wholeNumber,
} from "./options.ts";

/** Signals that end a grading, with the status that a shell expects; Windows has the first. */
const signals = Deno.build.os === "windows"
  ? { SIGINT: 130 }
  : { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Grades a folder of submissions and writes the reports. */
export async function gradeCommand(args: string[]): Promise<number> {
  const options = readOptions("grade", args, {
    ...limitOptions,
    out: { type: "string" },
    jobs: { type: "string" },
    source: { type: "string" },
    notebook: { type: "string", multiple: true },
  });
  const folder = await submissionsFolder(options.positionals);
  const out = outFolder("grade", options.values);
  const limits = readLimits("grade", options);
  const jobs = wholeNumber("grade", options, "jobs", {
    otherwise: 2,
    high: 256,
  });
  const { source: folderOf, notebook } = options.values;
  const source = folderOf === undefined
    ? join(root, "notebooks")
    : fromUser(folderOf);
  const named = notebook?.map(fromUser);
  const reports = await OwnFolder.open("grade", out, {
    folders: {
      "the folder of submissions": folder,
      ...(named ? {} : { "the folder of the instructor's notebooks": source }),
    },
    files: named ?? [],
  });
  const { assignments, known } = await chooseAssignments(folder, {
    named,
    source,
  });
  for (const [signal, status] of Object.entries(signals)) {
    Deno.addSignalListener(signal as Deno.Signal, () => {
      killAll();
      console.error("\nStopped; the same command goes on from here.");
      Deno.exit(status);
    });
  }
  let slowest = 1;
  for (const assignment of assignments) {
    const begin = performance.now();
    await checkAssignment(assignment, limits);
    slowest = Math.max(slowest, (performance.now() - begin) / 1000);
  }
  const names = assignments.map(({ name }) => name);
  const { submissions, ignored } = await findSubmissions(
    folder,
    names,
    known,
  );
  // Now and not after an hour of grading.
  await reports.checkFree(reportPaths(submissions.map((s) => s.student)));
  const progress = classProgress();
  const results = await gradeClass(assignments, submissions, {
    jobs,
    limits,
    firstLook: slowest * 2, // longer than the instructor's solutions take: alone
    results: join(out, "results"),
    onProgress: (done, total, name) => progress.update(done, total, name),
  });
  progress.finish();
  await writeReports(out, results, ignored);
  console.log(summary(results, ignored));
  console.log(`\nReports: ${out}`);
  return 0;
}

/** The folder of submissions. */
async function submissionsFolder(
  positionals: readonly string[],
): Promise<string> {
  if (positionals.length !== 1) {
    throw new UsageError(
      "grade expects one folder with <student>/<notebook>.ipynb",
    );
  }
  const folder = fromUser(positionals[0]);
  const info = await ifThere(Deno.stat(folder));
  if (info === undefined) {
    throw new UsageError(`grade found no folder ${folder}`);
  }
  if (!info.isDirectory) {
    throw new UsageError(
      `grade expects a folder but found the file ${folder}: unpack an archive first`,
    );
  }
  return folder;
}

/** The instructor's notebooks: those named, or those that somebody handed in. */
async function chooseAssignments(
  folder: string,
  { named, source }: { named?: readonly string[]; source: string },
): Promise<{ assignments: Assignment[]; known: string[] }> {
  const paths = named ?? await notebookPaths(source);
  const loaded = await Promise.all(paths.map((path) => loadNotebook(path)));
  const graded = named
    ? loaded
    : loaded.filter(({ notebook }) => exercisesOf(notebook).length > 0);
  const names = graded.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new NotebookError(
      `grade expects notebooks of different names but found ${twice}.ipynb twice: name one of them`,
    );
  }
  const known = await neighbours(paths);
  const wanted = named ? names : await handedIn(folder, names, known);
  if (wanted.length === 0) {
    const instead = await insteadOf(folder, names);
    throw new NotebookError(
      `grade expects submissions <student>/<notebook>.ipynb of ${
        names.join(", ") || `a notebook in ${source}`
      } but found none in ${folder}: check the folder, or name the assignment with --notebook${
        instead === undefined ? "" : ` (${instead})`
      }`,
    );
  }
  return {
    assignments: graded.filter(({ name }) => wanted.includes(name))
      .map(({ name, notebook }) => prepareAssignment(name, notebook)),
    known,
  };
}

/** Names of all notebooks in the folders of these: `hw10` beside `hw1`. */
async function neighbours(paths: readonly string[]): Promise<string[]> {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const all = (await Promise.all(folders.map(notebookPaths))).flat();
  return all.map((path) => basename(path, ".ipynb"))
    // A copy that lies about is no assignment.
    .filter((name) => !/(-copy\d*|\(\d+\)| copy( \d+)?)$/i.test(name));
}

/** A name that steers neither a terminal nor the log of a workflow. */
const harmless = (name: string): string =>
  // deno-lint-ignore no-control-regex -- these are what is taken out
  name.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "?");

/** A class's progress, with the time that is left and who was the last. */
export function classProgress(): Progress {
  return new Progress((done, total, seconds, name) => {
    const left = Math.ceil(seconds / done * (total - done));
    return `${bar(done, total)}  ${left} s left  ${
      harmless(name).slice(0, 30)
    }`;
  });
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
    ...ignored.map((line) => `Ignored: ${harmless(line)}`),
  ].join("\n");
}
