/** Executed copies of notebooks, kept until a notebook or the library changes. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../install_python.ts";
import { executeNotebook } from "../execute.ts";
import { explain } from "../explain.ts";
import { infoOf, remove, sha256 } from "../files.ts";
import { root } from "../paths.ts";
import { SetupError } from "../process.ts";
import { Progress } from "../progress.ts";
import { bar } from "../table.ts";
import type { Lesson } from "./course.ts";

const kept = join(root, ".cache", "executed");

/** An output of a cell, as the file has it. */
export type Output = Record<string, unknown>;

/**
 * The outputs of a notebook by its cells' ids: of an earlier run, where nothing
 * changed since, else of a run now.
 */
export async function outputsOf(
  { name, file }: Lesson,
  environment: Environment,
): Promise<Map<string, Output[]>> {
  const sum = await stateOf(file.path);
  const copy = join(kept, `${name}-${sum.slice(0, 16)}.ipynb`);
  if (await infoOf(copy) === undefined) {
    await Deno.mkdir(kept, { recursive: true });
    for await (const old of Deno.readDir(kept)) {
      if (old.name.startsWith(`${name}-`)) await remove(join(kept, old.name));
    }
    const progress = new Progress((done, total, seconds) =>
      `${name}  ${bar(done, total)} cells  ${seconds.toFixed(0)} s`
    );
    const draft = join(kept, `${name}-draft.ipynb`);
    const run = await executeNotebook(file.path, environment, {
      copy: draft,
      timeout: 600,
      onCell: (done, cells) => progress.update(done, cells),
    });
    progress.finish();
    if (run.failure || run.broken) {
      throw new SetupError(await explain(file, run));
    }
    await Deno.rename(draft, copy);
  }
  const { cells } = JSON.parse(await Deno.readTextFile(copy)) as {
    cells: { id: string; outputs?: Output[] }[];
  };
  return new Map(cells.map(({ id, outputs = [] }) => [id, outputs]));
}

/** What decides about outputs: the notebook, the library, the data. */
async function stateOf(path: string): Promise<string> {
  const parts: (string | Uint8Array)[] = [Deno.version.deno];
  for (
    const name of (await readdir(join(root, "lib"), { recursive: true })).sort()
  ) {
    if (!/\.(ts|json|wasm)$/.test(name) || name.includes("assembly")) continue;
    parts.push(name, await Deno.readFile(join(root, "lib", name)));
  }
  parts.push(
    await Deno.readFile(join(root, "data", "CHECKSUMS")),
    await Deno.readFile(path),
  );
  return sha256(...parts);
}
