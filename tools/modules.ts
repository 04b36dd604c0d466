/**
 * Extracting a notebook's code cells into one module, which `deno check` and
 * `deno lint` can read, and leading their complaints back to the cells.
 */
import { basename, dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256, writeWhole } from "./files.ts";
import { root } from "./paths.ts";
import { output } from "./process.ts";
import { cellName, type NotebookFile } from "./homework/notebook/load.ts";

/** A notebook's cells as one module. */
export interface NotebookModule {
  notebook: NotebookFile;
  path: string;
  text: string;
  /** For each line of the module, from 1: the cell's place and the line in it. */
  lines: Map<number, { index: number; line: number }>;
}

/** Folder of the modules: below the repository, so that its import map holds. */
const moduleFolder = join(root, ".cache", "notebooks");

/**
 * Puts the code cells up to `last` one after another into a module.
 *
 * @param last Place of the last cell to take; all of them unless told.
 */
export function toModule(
  notebook: NotebookFile,
  last = notebook.cells.length - 1,
): NotebookModule {
  const name = basename(notebook.path, ".ipynb") + ".ts";
  const text: string[] = ["export {};"];
  const lines: NotebookModule["lines"] = new Map();
  notebook.cells.forEach((cell, index) => {
    if (cell.type !== "code" || index > last) return;
    cell.source.split("\n").forEach((source, line) => {
      text.push(source);
      lines.set(text.length, { index, line: line + 1 });
    });
  });
  const whole = text.join("\n") + "\n";
  // By its text: notebooks of one name do not get into each other's way.
  const path = join(moduleFolder, sha256(whole).slice(0, 8), name);
  return { notebook, path, text: whole, lines };
}

/**
 * What Deno says of the module, with places in the cells; "" where all is well.
 *
 * @param command Such as `["check", "--quiet"]`.
 */
export async function askDeno(
  command: readonly string[],
  module: NotebookModule,
): Promise<string> {
  await Deno.mkdir(dirname(module.path), { recursive: true });
  await writeWhole(module.path, module.text);
  const { success, stdout, stderr } = await output(
    [Deno.execPath(), ...command, module.path],
    { cwd: root, env: { NO_COLOR: "1" } },
  );
  return success ? "" : toCells(stdout + stderr, [module]).trim();
}

/** Replaces places in modules by places in the notebooks' cells, and drops Deno's own stack. */
export function toCells(
  text: string,
  modules: readonly NotebookModule[],
): string {
  text = text.replaceAll(/\n*Stack backtrace:\n(?: +\d+: .*\n?)*/g, "\n");
  for (const module of modules) {
    for (const name of namesOf(module.path)) {
      // The checker writes "file:3:14", the linter "file: line 3, col 14".
      const place = "(?::(?: line )?(\\d+)(?:(?::|, col )(\\d+))?)?";
      text = text.replaceAll(
        new RegExp(RegExp.escape(name) + place, "g"),
        (_, line, column) => cellPlace(module, Number(line), column),
      );
    }
  }
  return text;
}

function namesOf(path: string): string[] {
  return [pathToFileURL(path).href, path, relative(root, path)];
}

function cellPlace(
  module: NotebookModule,
  line: number,
  column?: string,
): string {
  const found = module.lines.get(line);
  if (!found) return relative(root, module.notebook.path);
  return `${cellName(module.notebook, found.index)}, line ${found.line}` +
    (column ? `:${column}` : "");
}
