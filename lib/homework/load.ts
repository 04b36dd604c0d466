/**
 * Notebooks from files, with their names.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type Notebook, NotebookError, parseNotebook } from "./notebook.ts";

/** A notebook with the name of its file without ".ipynb". */
export interface LoadedNotebook {
  readonly name: string;
  readonly path: string;
  readonly notebook: Notebook;
}

/**
 * Reads a notebook file.
 *
 * @throws {NotebookError} No such file, or no notebook in it.
 */
export async function loadNotebook(path: string): Promise<LoadedNotebook> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NotebookError(
      `loadNotebook() expects a notebook but found no file ${path}: check the path`,
      { cause: error },
    );
  }
  try {
    const name = basename(path).replace(/\.ipynb$/i, "");
    return { name, path, notebook: parseNotebook(bytes) };
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    throw new NotebookError(`${path}: ${error.message}`, { cause: error });
  }
}

/** Paths of the notebooks in a folder, in the order of their names. */
export async function notebookPaths(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".ipynb")) names.push(name);
  }
  return names.sort().map((name) => join(folder, name));
}
