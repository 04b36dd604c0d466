/**
 * `deno task run [--timeout=seconds] [notebook or folder ...]`: executes
 * notebooks in the real kernel and leaves executed copies in `output/`.
 * A copy that somebody changed since is kept under another name.
 */
import { basename, join, relative } from "node:path";
import { infoOf } from "./files.ts";
import { OwnFolder } from "./own_folder.ts";
import { setUp } from "./environment.ts";
import type { Environment } from "./install_python.ts";
import { root } from "./paths.ts";
import { executeNotebook } from "./execute.ts";
import { explain } from "./explain.ts";
import {
  cellName,
  checkRunnable,
  chooseNotebooks,
  type NotebookFile,
  readNotebook,
} from "./homework/notebook/load.ts";
import { readOptions, UsageError } from "./options.ts";
import { withPlainErrors } from "./process.ts";
import { Progress } from "./progress.ts";
import { bar, textTable } from "./table.ts";

/** Characters of output above which the kernel may garble a cell's display. */
const largest = 1_000_000;

/** Runs all notebooks in order and prints what came of each. */
async function runNotebooks(
  notebooks: readonly NotebookFile[],
  environment: Environment,
  timeout = 600,
): Promise<{ passed: number; failed: number }> {
  const names = copyNames(notebooks.map(({ path }) => path));
  const output = await OwnFolder.open("run", join(root, "output"));
  const rows: (string | number)[][] = [];
  let failed = 0;
  for (const notebook of notebooks) {
    const name = basename(notebook.path);
    const progress = new Progress((done, total, seconds) =>
      `${name}  ${bar(done, total)} cells  ${seconds.toFixed(0)} s`
    );
    const copy = await output.draft();
    const run = await executeNotebook(notebook.path, environment, {
      copy,
      timeout,
      onCell: (done, cells) => progress.update(done, cells),
    });
    progress.finish();
    await takeCopy(output, copy, names.get(notebook.path)!);
    const fine = !run.failure && !run.broken;
    if (!fine) {
      failed++;
      console.error(await explain(notebook, run));
    }
    if (run.left) {
      console.error(
        `Warning: ${
          basename(notebook.path)
        }: a timer still runs after the last cell; what it does is not seen: await it, or clear it`,
      );
    }
    for (const [index, size] of Object.entries(run.sizes)) {
      if (size > largest) {
        console.error(
          `Warning: ${cellName(notebook, Number(index))} puts out ` +
            `${
              (size / 1e6).toFixed(1)
            } MB: above 1 MB the kernel may garble it`,
        );
      }
    }
    rows.push([
      basename(notebook.path),
      `${run.done}/${run.cells}`,
      run.seconds.toFixed(1),
      fine ? "passed" : "FAILED",
    ]);
  }
  console.log(
    "\n" + textTable(["notebook", "cells", "seconds", "result"], rows),
  );
  await output.close();
  return { passed: notebooks.length - failed, failed };
}

/** Gives the executed copy its name; one that somebody worked on is kept. */
async function takeCopy(
  output: OwnFolder,
  draft: string,
  name: string,
): Promise<void> {
  if (await infoOf(draft) === undefined) return; // the run broke before
  const other = await output.take(draft, name, { aside: true });
  if (other === undefined) return;
  console.error(`Kept: output/${name} was changed; it is now output/${other}`);
}

/** A name of its own for each notebook's copy; its path tells which is which. */
export function copyNames(paths: readonly string[]): Map<string, string> {
  const key = (name: string) => name.normalize("NFC").toLowerCase();
  const count = Map.groupBy(paths, (path) => key(basename(path)));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of paths) {
    const alone = count.get(key(basename(path)))!.length === 1;
    const wanted = alone
      ? basename(path)
      : relative(root, path).replaceAll(/[\\/]/g, "_");
    let name = wanted;
    for (let n = 2; taken.has(key(name)); n++) {
      name = wanted.replace(/(\.[^.]*)?$/, `-${n}$1`);
    }
    taken.add(key(name));
    names.set(path, name);
  }
  return names;
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const refused = (odd: string) =>
      `run knows --timeout=SECONDS and notebooks but found ${odd}.`;
    const { values: { timeout }, positionals } = readOptions(
      "run",
      Deno.args,
      { timeout: { type: "string", default: "600" } },
      (_, odd) => refused(odd),
    );
    if (!/^[1-9]\d{0,6}$/.test(timeout)) {
      throw new UsageError(refused(`--timeout=${timeout}`));
    }
    const paths = await chooseNotebooks(positionals, join(root, "notebooks"));
    const notebooks = await Promise.all(paths.map(readNotebook));
    notebooks.forEach(checkRunnable);
    const { passed, failed } = await runNotebooks(
      notebooks,
      await setUp(),
      Number(timeout),
    );
    console.log(`\n${passed} passed | ${failed} failed`);
    return failed === 0 ? 0 : 1;
  });
}
