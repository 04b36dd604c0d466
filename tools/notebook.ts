/**
 * Reading notebooks as files, and naming their cells for people.
 *
 * @module
 */
import { basename, join } from "node:path";
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
 * @throws {SetupError} No such file, or a file that is no notebook.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new SetupError(`No notebook at ${path}: check the path.`);
  }
  try {
    return parseNotebook(path, text);
  } catch (error) {
    throw new SetupError(
      `${path} is not a notebook: ${(error as Error).message}`,
    );
  }
}

/** Takes a notebook's JSON apart; throws where it does not look like one. */
export function parseNotebook(path: string, text: string): Notebook {
  const value = JSON.parse(text);
  if (!Array.isArray(value?.cells)) throw new TypeError("it has no cells");
  const cells = value.cells.map((cell: Record<string, unknown>): Cell => ({
    type: String(cell.cell_type),
    id: cell.id as string | undefined,
    source: Array.isArray(cell.source)
      ? cell.source.join("")
      : String(cell.source ?? ""),
    metadata: (cell.metadata ?? {}) as Record<string, unknown>,
    outputs: cell.outputs as unknown[] | undefined,
    executionCount: cell.execution_count as number | null | undefined,
  }));
  return {
    path,
    format: [value.nbformat, value.nbformat_minor],
    metadata: value.metadata ?? {},
    cells,
  };
}

/** A cell's place as people count it: from 1, all kinds of cells. */
export function cellName(notebook: Notebook, index: number): string {
  const { id } = notebook.cells[index];
  return `${basename(notebook.path)}, cell ${index + 1}${id ? ` (${id})` : ""}`;
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
