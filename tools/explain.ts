/** Telling why a notebook failed, so that the reader finds the line. */
import { basename } from "node:path";
import { root } from "./paths.ts";
import type { Run } from "./execute.ts";
import { askDeno, toModule } from "./modules.ts";
import { cellName, type NotebookFile } from "./homework/notebook/load.ts";

/** The failing cell's place, source and error. */
export async function explain(
  notebook: NotebookFile,
  run: Run,
): Promise<string> {
  if (!run.failure) {
    return `\n${basename(notebook.path)} could not be run:\n${run.broken}\n`;
  }
  const { index, hidden, late, name, value, trace } = run.failure;
  const source = notebook.cells[index].source.split("\n")
    .map((line, i) => `${String(i + 1).padStart(4)} | ${line}`).join("\n");
  const error = hidden
    ? `${name}: ${value}. The type checker says:\n${await reason(
      notebook,
      index,
    )}`
    : trace.join("\n").trim() || `${name}: ${value}`;
  const also = run.also.length
    ? `\nNobody awaited what failed beside it:\n${run.also.join("\n")}\n`
    : "";
  const log = run.log.length
    ? `\nThe kernel's own terminal says:\n${run.log.slice(-20).join("\n")}\n`
    : "";
  const how = late ? ` failed, or an earlier cell: ${outside}` : " failed:";
  return `\n${cellName(notebook, index)}${how}\n${source}\n\n${error}\n${
    remedy(trace)
  }${also}${log}`;
}

/** Said of a failure that the kernel tells nobody. */
const outside =
  "a promise that nobody awaits was rejected, or a timer threw. Put await before the call:";

/** What to do about an import that the notebook's place makes fail. */
function remedy(trace: readonly string[]): string {
  return trace.some((line) => /^TypeError: Import ".*" not a dep/.test(line))
    ? `The name is known inside the course's folder alone, ${root}: move the notebook there, into notebooks/.\n`
    : "";
}

/** Asks the type checker for the reason that the kernel keeps to itself. */
async function reason(notebook: NotebookFile, index: number): Promise<string> {
  return await askDeno(["check", "--quiet"], toModule(notebook, index)) ||
    "The kernel gives no reason: a syntax error, or a package that cannot be found.";
}
