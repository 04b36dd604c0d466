/**
 * Reading notebooks as files, and naming their cells for people.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import {
  type Cell as OurCell,
  NotebookError,
  parseNotebook as parse,
} from "./homework/notebook/notebook.ts";
import { checkRunnable as checkOurs } from "./homework/notebook/runnable.ts";
import { SetupError } from "./process.ts";

/** A cell as the .ipynb format 4.5 stores it, its source joined to one string. */
export interface Cell {
  type: string;
  id?: string;
  source: string;
  metadata: Record<string, unknown>;
  outputs?: unknown[];
  executionCount?: number | null;
}

/** A notebook file's parts that the tools look at. */
export interface Notebook {
  path: string;
  /** Version of the file format: 4.5 is `[4, 5]`. */
  format: [number, number];
  metadata: Record<string, unknown>;
  cells: Cell[];
}

/**
 * Reads a notebook file.
 *
 * @throws {SetupError} No such file, or a file that is no notebook; the message
 *   is one line and says what to do.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new SetupError(`No notebook at ${path}: ${whyUnread(error)}`);
  }
  return parseNotebook(path, bytes);
}

function whyUnread(error: unknown): string {
  if (
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory
  ) return "check the path.";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the file may not be read: change its permissions.";
  }
  if (
    error instanceof Deno.errors.IsADirectory ||
    (error as Error).name === "EISDIR"
  ) return "it is a folder: name a file in it.";
  throw error;
}

/**
 * Takes a notebook's bytes apart.
 *
 * @throws {SetupError} They are no notebook of format 4.
 */
export function parseNotebook(path: string, bytes: Uint8Array): Notebook {
  const { cells, metadata } = plainly(path, () => parse(bytes));
  // Read a second time for what the grader leaves aside; it is JSON by now.
  const value = JSON.parse(new TextDecoder().decode(bytes));
  return {
    path,
    format: [value.nbformat, value.nbformat_minor],
    metadata,
    cells: cells.map((cell, i): Cell => ({
      ...cell,
      outputs: value.cells[i].outputs,
      executionCount: value.cells[i].execution_count,
    })),
  };
}

/** The grader's message as one about the file, for who submits nothing. */
function plainly<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    const message = error.message
      .replaceAll(/, save it,? and submit it again/g, " and save it")
      .replaceAll(/,? and submit it again/g, "")
      .replaceAll("submit the", "take the");
    throw new SetupError(`${path}: ${message}.`, { cause: error });
  }
}

/**
 * Refuses a notebook that our kernel cannot run, and one where nothing would run.
 *
 * @throws {SetupError} What the grader's `checkRunnable` refuses.
 */
export function checkRunnable({ path, metadata, cells }: Notebook): void {
  plainly(path, () => checkOurs({ metadata, cells: cells as OurCell[] }));
}

/** A cell's place as people count it: from 1, all kinds of cells. */
export function cellName(notebook: Notebook, index: number): string {
  const { id } = notebook.cells[index];
  return `${basename(notebook.path)}, cell ${index + 1}${id ? ` (${id})` : ""}`;
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
  // deno task starts in the repository; INIT_CWD is where the user stands.
  cwd: string = Deno.env.get("INIT_CWD") ?? Deno.cwd(),
): Promise<string[]> {
  const paths = new Set<string>();
  for (
    const path of args.length ? args.map((a) => resolve(cwd, a)) : [folder]
  ) {
    if (!await isFolder(path)) {
      paths.add(path);
      continue;
    }
    const found = await notebooksIn(path);
    if (found.length === 0) {
      throw new SetupError(`No notebook in ${path}: check the path.`);
    }
    for (const one of found) paths.add(one);
  }
  return [...paths];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    throw new SetupError(`No notebook at ${path}: ${whyUnread(error)}`);
  }
}

/** The notebooks of a folder in the order of their names; none where it does not exist. */
export async function notebooksIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name.endsWith(".ipynb")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort().map((name) => join(folder, name));
}
