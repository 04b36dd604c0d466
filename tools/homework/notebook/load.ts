/**
 * Notebooks from files, with their names.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type Notebook, NotebookError, parseNotebook } from "./notebook.ts";
import { checkRunnable } from "./runnable.ts";

/** A notebook with the name of its file without ".ipynb". */
export interface LoadedNotebook {
  readonly name: string;
  readonly path: string;
  readonly notebook: Notebook;
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
  const bytes = await readFile(path);
  try {
    const name = basename(path).replace(/\.ipynb$/i, "");
    const notebook = parseNotebook(bytes);
    checkRunnable(notebook, options);
    return { name, path, notebook };
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    // Nobody submits this file.
    const message = error.message.replace(/,? and submit it again/, "")
      .replace("submit the", "take the");
    throw new NotebookError(`${path}: ${message}`, { cause: error });
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  let found: string;
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isFile) return await Deno.readFile(path);
    found = isDirectory
      ? `the folder ${path}: name the notebooks in it`
      : `no file at ${path}: check the path`;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      found = `that ${path} may not be read: change its permissions`;
    } else if (isMissing(error)) found = `no file ${path}: check the path`;
    else throw error;
  }
  throw new NotebookError(
    `loadNotebook() expects a notebook but found ${found}`,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

/** Paths of the notebooks in a folder, in the order of their names. */
export async function notebookPaths(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".ipynb")) names.push(name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new NotebookError(
      `notebookPaths() expects a folder of notebooks but found none at ${folder}: check the path`,
      { cause: error },
    );
  }
  return names.sort().map((name) => join(folder, name));
}
