/** `deno task homework grade DIR --out DIR`. */
import { basename, dirname, join } from "node:path";
import { type Assignment, prepareAssignment } from "../notebook/assignment.ts";
import { exercisesOf } from "../notebook/exercises.ts";
import {
  findSubmissions,
  handedIn,
  insteadOf,
} from "../grade/find_submissions.ts";
import { loadNotebook, notebookPaths } from "../notebook/load.ts";
import { NotebookError } from "../notebook/notebook.ts";
import { ifThere, readIfThere } from "../../files.ts";
import { OwnFolder } from "../../own_folder.ts";
import { readPart } from "../report/part.ts";
import { UsageError } from "../../options.ts";
import { fromUser, root } from "../../paths.ts";
import { gradeAndReport, harmless } from "./grade_and_report.ts";
import { gradeInNbgrader } from "./grade_nbgrader.ts";
import {
  limitOptions,
  outFolder,
  readLimits,
  readOptions,
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
    again: { type: "string", multiple: true },
    part: { type: "string" },
    roster: { type: "string" },
    anonymous: { type: "boolean" },
    nbgrader: { type: "string" },
    python: { type: "string" },
  });
  const { values } = options;
  const settings = {
    limits: readLimits("grade", options),
    jobs: wholeNumber("grade", options, "jobs", { otherwise: 2, high: 256 }),
    again: new Set(values.again),
    anonymous: values.anonymous,
    roster: values.roster === undefined
      ? undefined
      : await readRoster(fromUser(values.roster)),
  };
  if (values.anonymous && values.part !== undefined) {
    throw new UsageError(
      "grade expects --anonymous or --part but found both: parts of a class would draw ids of their own",
    );
  }
  if (values.nbgrader !== undefined) {
    return await gradeInNbgrader(options, settings);
  }
  const folder = await submissionsFolder("grade", options.positionals);
  const out = outFolder("grade", values);
  const source = values.source === undefined
    ? join(root, "notebooks")
    : fromUser(values.source);
  const named = values.notebook?.map(fromUser);
  await OwnFolder.open("grade", out, {
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
  const names = assignments.map(({ name }) => name);
  const found = await findSubmissions(folder, names, known);
  const graded = await gradeAndReport(assignments, found, {
    ...settings,
    out,
    ...(values.part === undefined ? {} : { part: readPart(values.part) }),
  });
  await graded.close();
  return 0;
}

async function readRoster(path: string): Promise<string> {
  const text = await readIfThere(path);
  if (text !== undefined) return text;
  throw new UsageError(`grade found no file ${path} for --roster`);
}

/** The folder of submissions. */
export async function submissionsFolder(
  command: string,
  positionals: readonly string[],
): Promise<string> {
  if (positionals.length !== 1) {
    throw new UsageError(
      `${command} expects one folder with <student>/<notebook>.ipynb`,
    );
  }
  const folder = fromUser(positionals[0]);
  const info = await ifThere(Deno.stat(folder));
  if (info === undefined) {
    throw new UsageError(`${command} found no folder ${folder}`);
  }
  if (!info.isDirectory) {
    throw new UsageError(
      `${command} expects a folder but found the file ${folder}: unpack an archive first`,
    );
  }
  return folder;
}

/** The instructor's notebooks: those named, or those that somebody handed in. */
export async function chooseAssignments(
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
        instead === undefined ? "" : ` (${harmless(instead)})`
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
