/**
 * A folder to hand out: the students' notebooks and all they need to open them.
 */
import { zipSync } from "fflate";
import { join, posix } from "node:path";
import ts from "typescript";
import { checkWord, settle, shown } from "../../../lib/base/options.ts";
import { exercisesOf } from "../notebook/exercises.ts";
import { root } from "../../paths.ts";
import { formatNotebook } from "../notebook/format.ts";
import {
  isRecord,
  type Notebook,
  NotebookError,
} from "../notebook/notebook.ts";
import { infoOf, readIfThere } from "../../files.ts";
import { OutFolderError } from "../../out_place.ts";
import { OwnFolder } from "../../own_folder.ts";
import { sumPoints } from "../grade/result.ts";
import { studentVersion } from "../notebook/strip.ts";
import { studentsExercises } from "./students_exercises.ts";

/** A notebook to release, with its name without ".ipynb". */
export interface NamedNotebook {
  readonly name: string;
  readonly notebook: Notebook;
  /** Its file, where it comes from one: no release goes around it. */
  readonly path?: string;
}

/** How to release. */
export interface ReleaseOptions {
  /** Folder to make. */
  readonly out: string;
  /** Writes into a folder that is not empty, over what a release wrote there. */
  readonly force?: boolean;
  /** Data that goes along: what the notebooks load, unless told. */
  readonly data?: "needed" | "all" | "none";
}

/** What was written. */
export interface Release {
  readonly folder: string;
  readonly zip: string;
  readonly files: number;
  /** Files of an earlier release that somebody changed: they were left there. */
  readonly kept: readonly string[];
}

/** Tasks of deno.json that work in the students' folder. */
const studentTasks = ["lab", "setup", "run", "homework"];

/**
 * Writes the students' folder and a zip file of it.
 *
 * @throws {OutFolderError} A folder that is not empty, holds something that is
 *   not a release's, or lies where none may be written.
 * @throws {NotebookError} A notebook without exercises or with a solution that
 *   cannot be told apart.
 */
export async function release(
  notebooks: readonly NamedNotebook[],
  options: ReleaseOptions,
): Promise<Release> {
  const { out, force, data } = settle(
    "release",
    options,
    { out: undefined, force: false, data: "needed" },
  );
  checkWord("release", "data", data, ["needed", "all", "none"]);
  if (typeof out !== "string" || out === "") {
    throw new TypeError(
      `release() expects the option out, a folder, but found ${shown(out)}`,
    );
  }
  const twice = notebooks.find(({ name }, i) =>
    notebooks.findIndex((one) => one.name === name) < i
  );
  if (twice) {
    throw new NotebookError(
      `release() expects notebooks of different names but found ${twice.name}.ipynb twice: rename one`,
    );
  }
  for (const { name, notebook } of notebooks) {
    if (exercisesOf(notebook).length === 0) {
      throw new NotebookError(
        `release() expects notebooks with exercises but found none in ${name}.ipynb: assign another`,
      );
    }
  }
  const folder = await OwnFolder.open("release", out, {
    files: notebooks.flatMap(({ path }) => path ?? []),
  });
  const present = (await folder.entries()).length;
  if (present > 0 && !force) {
    throw new OutFolderError(
      `release() expects an empty or new folder but found ${present} entries in ${out}: choose another, or add --force to replace what a release wrote`,
    );
  }
  const files = await collect(notebooks, data);
  const title = notebooks.length === 1 ? notebooks[0].name : "homework";
  const zip = `${title}.zip`;
  const paths = new Set([...files.keys(), zip]);
  await folder.checkFree(paths);
  // The zip first goes and last comes: one that is there is whole and new.
  const kept = await folder.removeOthers(new Set(files.keys()));
  for (const [path, bytes] of files) await folder.write(path, bytes);
  await folder.write(zip, packZip(title, files));
  await folder.close();
  return { folder: out, zip: join(out, zip), files: files.size, kept };
}

/** Every file of the students' folder, by its path. */
async function collect(
  notebooks: readonly NamedNotebook[],
  data: "needed" | "all" | "none",
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const write = (path: string, text: string) =>
    files.set(path, new TextEncoder().encode(text));
  for (const { name, notebook } of notebooks) {
    write(`notebooks/${name}.ipynb`, formatNotebook(studentVersion(notebook)));
  }
  write("README.md", studentReadme(notebooks));
  write("deno.json", await studentConfig());
  const lock = await readIfThere(join(root, "deno.lock"));
  if (lock !== undefined) write("deno.lock", studentLock(lock));
  await addTree(files, "LICENSE");
  await addTree(files, "lib");
  await replaceExercises(files, notebooks);
  await addTools(files);
  for (const folder of dataNeeded(notebooks.map((n) => n.notebook), data)) {
    await addTree(files, folder);
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Puts the checks without their answers in the place of the repository's. */
async function replaceExercises(
  files: Map<string, Uint8Array>,
  notebooks: readonly NamedNotebook[],
): Promise<void> {
  const folder = "lib/exercises/";
  const own = [...files].filter(([path]) => path.startsWith(folder));
  for (const [path] of own) files.delete(path);
  const texts = own.map(([path, bytes]) =>
    [path.slice(folder.length), new TextDecoder().decode(bytes)] as const
  );
  const copies = await studentsExercises(
    new Map(texts),
    notebooks.map(({ notebook }) => studentVersion(notebook)),
  );
  for (const [name, text] of copies) {
    files.set(folder + name, new TextEncoder().encode(text));
  }
}

/**
 * Adds what the students' tasks run, and no more: among the other tools is every
 * layer written out once more.
 */
async function addTools(files: Map<string, Uint8Array>): Promise<void> {
  const tools = new Map<string, Uint8Array>();
  await addTree(tools, "tools");
  const take = (path: string): void => {
    const bytes = tools.get(path);
    if (bytes === undefined || files.has(path)) return;
    files.set(path, bytes);
    if (!path.endsWith(".ts")) return;
    const text = new TextDecoder().decode(bytes);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      take(posix.join(posix.dirname(path), fileName));
    }
  };
  const { tasks } = JSON.parse(
    new TextDecoder().decode(files.get("deno.json")),
  );
  for (const { command } of Object.values<{ command: string }>(tasks)) {
    for (const path of command.match(/\btools\/\S+/g) ?? []) take(path);
  }
  // What is run, not imported.
  const run = ["tools/python/", "tools/homework/sandbox/"];
  for (const path of tools.keys()) {
    if (run.some((start) => path.startsWith(start))) take(path);
  }
}

/** Adds a file or folder of the repository; one that is not there adds nothing. */
async function addTree(
  files: Map<string, Uint8Array>,
  path: string,
): Promise<void> {
  const info = await infoOf(join(root, path));
  if (info?.isFile) files.set(path, await Deno.readFile(join(root, path)));
  if (!info?.isDirectory) return;
  for await (const { name } of Deno.readDir(join(root, path))) {
    if (name.startsWith(".") || name === "__pycache__") continue;
    await addTree(files, `${path}/${name}`);
  }
}

/** deno.json with the tasks that work without tests and solutions. */
async function studentConfig(): Promise<string> {
  const config = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  const tasks = isRecord(config.tasks) ? config.tasks : {};
  config.tasks = Object.fromEntries(
    Object.entries(tasks).filter(([name]) => studentTasks.includes(name)),
  );
  delete config.test;
  delete config.imports[types];
  return JSON.stringify(config, null, 2) + "\n";
}

/** Types alone, for who changes the tools; and what they stand on. */
const types = "@jupyterlab/nbformat";
const forAuthors = new RegExp(`^(npm:)?(${types}|@lumino/)`);

/** The lock file without them: whatever it names is installed. */
function studentLock(text: string): string {
  const lock = JSON.parse(text);
  const without = (names: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(names).filter(([name]) => !forAuthors.test(name)),
    );
  lock.specifiers = without(lock.specifiers);
  lock.npm = without(lock.npm);
  lock.workspace.dependencies = lock.workspace.dependencies
    .filter((name: string) => !forAuthors.test(name));
  return JSON.stringify(lock, null, 2) + "\n";
}

/** A zip file whose bytes depend on the files alone. */
function packZip(title: string, files: Map<string, Uint8Array>): Uint8Array {
  const mtime = new Date(2000, 0, 1); // local time, which is what zip files hold
  return zipSync(
    Object.fromEntries(
      [...files].map(([path, bytes]) => {
        const packed = /\.(gz|png|safetensors)$/.test(path);
        return [`${title}/${path}`, [bytes, { level: packed ? 0 : 6, mtime }]];
      }),
    ),
  );
}

/** The large folders, by what a notebook writes to load them. */
const large: readonly [RegExp, string][] = [
  [/loadMnist/, "data/mnist"],
  [/loadFashionMnist/, "data/fashion_mnist"],
];

/** Small enough to go along always. */
const small = [
  "data/README.md",
  "data/CHECKSUMS",
  "data/photos",
  "data/runs",
  "data/emoji",
  "data/weights",
];

/**
 * Paths below the repository that notebooks need; a notebook that reads the
 * data folder in a way of its own gets all of it.
 */
export function dataNeeded(
  notebooks: readonly Notebook[],
  choice: "needed" | "all" | "none",
): string[] {
  if (choice === "none") return [];
  if (choice === "all") return ["data"];
  const code = notebooks.flatMap(({ cells }) => cells)
    .filter(({ type }) => type === "code").map(({ source }) => source)
    .join("\n");
  if (/dataFolder|\bdata\//.test(code)) return ["data"];
  return [
    ...small,
    ...large.filter(([pattern]) => pattern.test(code)).map(([, path]) => path),
  ];
}

/** Which exercises ask to write what the library has. */
const refusedText = (rows: readonly string[]): string => `
Some exercises ask you to write what the library has. While such an exercise is
graded or validated, the library refuses it, and what computes the same
("conv2d() is refused here: exercise 2.3 asks you to write it"). Everywhere else
in the notebook you may call it, to compare.

| exercise | is solved without |
| --- | --- |
${rows.join("\n")}
`;

/** How to open, solve, check and hand in. */
function studentReadme(notebooks: readonly NamedNotebook[]): string {
  const deno = `npx -y deno@${Deno.version.deno}`;
  const rows = notebooks.map(({ name, notebook }) => {
    const exercises = exercisesOf(notebook);
    const points = sumPoints(exercises.map((e) => e.points));
    return `| \`notebooks/${name}.ipynb\` | ${exercises.length} | ${points} |`;
  });
  const first = `notebooks/${notebooks[0].name}.ipynb`;
  const refused = notebooks.flatMap(({ notebook }) =>
    exercisesOf(notebook).flatMap(({ id, forbids }) =>
      forbids === undefined
        ? []
        : [`| ${id} | ${forbids.map((name) => `\`${name}\``).join(", ")} |`]
    )
  );
  return `# Homework

| notebook | exercises | points |
| --- | --- | --- |
${rows.join("\n")}

You need Node.js and Python 3.10 or newer. Open the notebooks with

\`\`\`
${deno} task lab
\`\`\`

Write your solution where a cell says \`throw new Error("Not implemented ...")\`,
run the cell, then the check below it. You may add cells; keep the names of the
functions, and leave the check cells as they are: grading uses its own copy, with
more cases than you see. Grading runs the first cell with the imports, your
solutions and the cells you add, not the lecture's cells.
${refused.length === 0 ? "" : refusedText(refused)}
Before you hand in, let all checks run as the grader does:

\`\`\`
${deno} task homework validate ${first}
\`\`\`

Hand in the \`.ipynb\` file under its own name.
`;
}
