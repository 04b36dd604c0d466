/** Notebooks as files: finding, reading and naming them. */
import { basename, join, resolve } from "node:path";
import { fromUser } from "../../paths.ts";
import { SetupError } from "../../process.ts";
import { type Notebook, NotebookError, parseNotebook } from "./notebook.ts";
import { checkRunnable as check } from "./runnable.ts";

/** A notebook and where its file lies. */
export interface NotebookFile extends Notebook {
  readonly path: string;
}

/** A notebook with the name of its file without ".ipynb". */
export interface LoadedNotebook {
  readonly name: string;
  readonly path: string;
  readonly notebook: Notebook;
}

/** Why there is nothing to read at a path. */
type Unread = "missing" | "denied" | "folder" | "special";

/** What to do then: as the tools say it, and as the grader does. */
const remedies: Record<Unread, [string, (path: string) => string]> = {
  missing: ["check the path.", (path) => `no file ${path}: check the path`],
  special: ["check the path.", (path) => `no file at ${path}: check the path`],
  denied: [
    "the file may not be read: change its permissions.",
    (path) => `that ${path} may not be read: change its permissions`,
  ],
  folder: [
    "it is a folder: name a file in it.",
    (path) => `the folder ${path}: name the notebooks in it`,
  ],
};

/**
 * Reads a notebook file.
 *
 * @throws {SetupError} No such file, or a file that is no notebook; the message
 *   is one line and says what to do.
 */
export async function readNotebook(path: string): Promise<NotebookFile> {
  const bytes = await bytesAt(path);
  if (typeof bytes === "string") throw noNotebook(path, bytes);
  return readBytes(path, bytes);
}

/**
 * Reads what stands in a notebook file.
 *
 * @throws {SetupError} They are no notebook of format 4.
 */
export function readBytes(path: string, bytes: Uint8Array): NotebookFile {
  return about(path, ".", () => ({ ...parseNotebook(bytes), path }));
}

/**
 * Refuses a notebook that our kernel cannot run, and one where nothing would run.
 *
 * @throws {SetupError} What the grader's `checkRunnable` refuses.
 */
export function checkRunnable(file: NotebookFile): void {
  about(file.path, ".", () => check(file));
}

/**
 * Reads the file of a notebook that is one of ours.
 *
 * @param options Like those of `checkRunnable`.
 * @throws {NotebookError} No such file, no notebook in it, or one of another
 *   kind; in one line that says what to do.
 */
export async function loadNotebook(
  path: string,
  options: { unstamped?: boolean } = {},
): Promise<LoadedNotebook> {
  const bytes = await bytesAt(path);
  if (typeof bytes === "string") {
    throw new NotebookError(
      `loadNotebook() expects a notebook but found ${remedies[bytes][1](path)}`,
    );
  }
  return about(path, "", () => {
    const notebook = parseNotebook(bytes);
    check(notebook, options);
    return { name: basename(path).replace(/\.ipynb$/i, ""), path, notebook };
  });
}

/** The grader's message as one about the file, for who submits nothing. */
function about<T>(path: string, end: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    const message = error.message
      .replaceAll(/, save it,? and submit it again/g, " and save it")
      .replaceAll(/,? and submit it again/g, "")
      .replaceAll("submit the", "take the");
    throw new NotebookError(`${path}: ${message}${end}`, { cause: error });
  }
}

function noNotebook(path: string, why: Unread): SetupError {
  return new SetupError(`No notebook at ${path}: ${remedies[why][0]}`);
}

async function bytesAt(path: string): Promise<Uint8Array | Unread> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isFile) return await Deno.readFile(path);
    return isDirectory ? "folder" : "special";
  } catch (error) {
    return whyUnread(error);
  }
}

function whyUnread(error: unknown): "denied" | "missing" {
  if (error instanceof Deno.errors.PermissionDenied) return "denied";
  if (
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory
  ) return "missing";
  throw error;
}

/** A cell's place as people count it: from 1, all kinds of cells. */
export function cellName({ path, cells }: NotebookFile, index: number): string {
  const { id } = cells[index];
  return `${basename(path)}, cell ${index + 1}${id ? ` (${id})` : ""}`;
}

/**
 * Notebooks that the arguments name, from where the user stands; all of `folder`
 * where they name none.
 *
 * @throws {SetupError} Nothing at a path, or no notebook in a folder.
 */
export async function chooseNotebooks(
  args: readonly string[],
  folder: string,
  cwd: string = fromUser("."),
): Promise<string[]> {
  const paths = new Set<string>();
  const named = args.map((path) => resolve(cwd, path));
  for (const path of args.length > 0 ? named : [folder]) {
    const found = await pathsIn(path).catch((error) => {
      throw noNotebook(path, whyUnread(error));
    });
    if (found?.length === 0) {
      throw new SetupError(`No notebook in ${path}: check the path.`);
    }
    for (const one of found ?? [path]) paths.add(one);
  }
  return [...paths];
}

/** The notebooks of a folder in the order of their names; none where it does not exist. */
export async function notebooksIn(folder: string): Promise<string[]> {
  return await pathsIn(folder).catch(unlessMissing) ?? [];
}

/**
 * The same, of a folder that must be there.
 *
 * @throws {NotebookError} There is no such folder.
 */
export async function notebookPaths(folder: string): Promise<string[]> {
  const found = await pathsIn(folder).catch(unlessMissing);
  if (found) return found;
  throw new NotebookError(
    `notebookPaths() expects a folder of notebooks but found none at ${folder}: check the path`,
  );
}

function unlessMissing(error: unknown): undefined {
  if (whyUnread(error) !== "missing") throw error;
}

/** The notebooks of a folder; undefined for a file. */
async function pathsIn(path: string): Promise<string[] | undefined> {
  if (!(await Deno.stat(path)).isDirectory) return undefined;
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.filter((e) => e.isFile && e.name.endsWith(".ipynb"))
    .map(({ name }) => join(path, name)).sort();
}
