/**
 * `deno task check:notebooks [notebook ...]`: type-checks and lints the cells
 * of notebooks, each notebook as one module, and looks at the notebooks' form.
 */
import { join, relative } from "node:path";
import { root } from "./paths.ts";
import { markLastValue } from "./last_value.ts";
import { askDeno, toModule } from "./modules.ts";
import { complaints, notes } from "./hygiene.ts";
import {
  checkRunnable,
  chooseNotebooks,
  type NotebookFile,
  readNotebook,
} from "./homework/notebook/load.ts";
import { withoutFlags } from "./options.ts";
import { withPlainErrors } from "./process.ts";

/** Complaints about form, types and style, by cells; "" where there are none. */
export async function checkNotebook(notebook: NotebookFile): Promise<string> {
  const marked = {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.type === "code"
        ? { ...cell, source: markLastValue(cell.source) }
        : cell
    ),
  };
  const found = complaints(notebook);
  // The linter takes names inside a marked expression for the module's own.
  for (
    const [command, cells] of [
      [["check", "--quiet"], marked],
      [["lint", "--compact"], notebook],
    ] as const
  ) {
    const said = await askDeno(command, toModule(cells));
    if (said) found.push(saidOf(said));
  }
  return found.join("\n");
}

/** The complaints of checker and linter; that on a cell's last value with its remedy. */
function saidOf(text: string): string {
  return text.replaceAll(
    "does not satisfy the expected type 'void'.",
    "is the value of the cell's last statement, which the kernel would show: " +
      "write await show(...) to show it, or void before it to hide it.",
  );
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const paths = await chooseNotebooks(
      withoutFlags("check:notebooks", Deno.args),
      join(root, "notebooks"),
    );
    let failed = 0;
    for (const path of paths) {
      const notebook = await readNotebook(path);
      checkRunnable(notebook);
      const found = await checkNotebook(notebook);
      if (found) {
        failed++;
        console.error(found);
      }
      console.log(`${found ? "FAILED" : "ok"}  ${relative(root, path)}`);
      for (const note of notes(notebook)) console.log(`    note: ${note}`);
    }
    console.log(`${paths.length - failed} passed | ${failed} failed`);
    return failed ? 1 : 0;
  });
}
