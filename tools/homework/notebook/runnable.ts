/**
 * Whether a notebook that can be read is one of ours: its language, its marks.
 */
import {
  type Cell,
  isRecord,
  type Notebook,
  NotebookError,
  told,
} from "./notebook.ts";

/** nbgrader's form of metadata that is read and written. */
const schema = 3;

/**
 * Refuses what would be run or graded wrongly, or not at all.
 *
 * @param options `unstamped`: marks without a schema are borne, because they are
 *   about to be completed.
 * @throws {NotebookError} No code, another language, text that no program
 *   reads, or a mark of nbgrader's that is not understood; in one line that says what to do.
 */
export function checkRunnable(
  notebook: Notebook,
  { unstamped = false }: { unstamped?: boolean } = {},
): void {
  const { cells } = notebook;
  if (!cells.some(({ type, source }) => type === "code" && source.trim())) {
    throw new NotebookError(
      `The notebook has ${
        cells.length === 0 ? "no cells" : "no cell with code"
      }, so there is nothing to run: check that it is the right file`,
    );
  }
  const language = languageOf(notebook);
  if (language !== "typescript") {
    throw new NotebookError(
      `The notebook is written in ${
        told(language)
      } but TypeScript for the kernel Deno is read: open it in JupyterLab, choose Kernel > Change Kernel > Deno, and save it`,
    );
  }
  cells.forEach((cell, index) => {
    if (!cell.source.isWellFormed()) {
      throw new NotebookError(
        `Cell ${
          index + 1
        } expects text but found half a character (a lone surrogate) in it: open the notebook in JupyterLab, type it again, and save it`,
      );
    }
    checkMark(cell, index, unstamped);
  });
}

/** The language that the kernel speaks; ours where the file says nothing. */
function languageOf({ metadata }: Notebook): string {
  const text = (of: unknown, name: string) =>
    isRecord(of) && typeof of[name] === "string"
      ? of[name].toLowerCase()
      : undefined;
  const kernel = text(metadata.kernelspec, "name");
  return text(metadata.kernelspec, "language") ??
    (kernel?.startsWith("deno") ? "typescript" : undefined) ??
    // Of the run before, where the kernel was changed since.
    text(metadata.language_info, "name") ?? kernel ?? "typescript";
}

/** A mark that is not understood would leave an exercise out without a word. */
function checkMark(cell: Cell, index: number, unstamped: boolean): void {
  const mark = cell.metadata.nbgrader;
  if (mark === undefined) return;
  const refuse = (wanted: string, found: unknown, remedy: string): never => {
    throw new NotebookError(
      `Cell ${index + 1} expects nbgrader's ${wanted} but found ${
        found === undefined ? "none" : told(found)
      }: ${remedy}`,
    );
  };
  if (!isRecord(mark)) {
    return refuse("metadata", mark, "remove it, or mark the cell again");
  }
  if (Object.keys(mark).length === 0) return;
  const found = mark.schema_version;
  if (found === undefined && !unstamped) {
    refuse(
      `schema ${schema}`,
      found,
      "deno task homework stamp completes the marks",
    );
  } else if (found !== undefined && found !== schema) {
    refuse(
      `schema ${schema}`,
      found,
      typeof found === "number" && found < schema
        ? "bring the notebook up to date with nbgrader update"
        : "mark the cell again with nbgrader 0.9.6",
    );
  }
  const { grade_id: id } = mark;
  if (typeof id !== "string" || id === "") {
    refuse("grade_id", id, "give the cell one of its own");
  }
  for (const name of ["grade", "solution", "locked", "task"]) {
    const value = mark[name];
    if (value === undefined || typeof value === "boolean") continue;
    refuse(`"${name}" to be true or false`, value, "write it without quotes");
  }
}
