/**
 * Writing a notebook.
 *
 * The types of the file are Jupyter's own. They are types alone: nothing of the
 * package is loaded, and a students' folder does without it.
 */
import type { ICell, INotebookContent } from "@jupyterlab/nbformat";
import type { Notebook } from "./notebook.ts";

/** The lines of a source as JupyterLab writes them: each keeps its end. */
function splitSource(source: string): string[] {
  const lines = source.split("\n").map((line, i, all) =>
    i < all.length - 1 ? line + "\n" : line
  );
  return lines[lines.length - 1] === "" ? lines.slice(0, -1) : lines;
}

/** The JSON text of a notebook without outputs, as JupyterLab writes it. */
export function formatNotebook({ cells, metadata }: Notebook): string {
  const content: INotebookContent = {
    cells: cells.map((cell) => ({
      cell_type: cell.type,
      ...(cell.type === "code" ? { execution_count: null } : {}),
      ...(cell.id === undefined ? {} : { id: cell.id }),
      metadata: cell.metadata as ICell["metadata"],
      ...(cell.type === "code" ? { outputs: [] } : {}),
      source: splitSource(cell.source),
    })),
    metadata: metadata as INotebookContent["metadata"],
    nbformat: 4,
    nbformat_minor: cells.every((cell) => cell.id !== undefined) ? 5 : 4,
  };
  return JSON.stringify(content, null, 1) + "\n";
}
