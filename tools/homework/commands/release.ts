/** `deno task homework release [notebook ...] --out DIR`. */
import { join } from "node:path";
import { exercisesOf } from "../notebook/exercises.ts";
import { loadNotebook, notebookPaths } from "../notebook/load.ts";
import { NotebookError } from "../notebook/notebook.ts";
import { release } from "../release/release.ts";
import { UsageError } from "../../options.ts";
import { fromUser, root } from "../../paths.ts";
import { outFolder, readOptions } from "./options.ts";

/** Writes the students' folder; without names, of every notebook with exercises. */
export async function releaseCommand(args: string[]): Promise<number> {
  const { values, positionals } = readOptions("release", args, {
    out: { type: "string" },
    data: { type: "string", default: "needed" },
    force: { type: "boolean", default: false },
  });
  const out = outFolder("release", values);
  const { data } = values;
  if (data !== "needed" && data !== "all" && data !== "none") {
    throw new UsageError(
      `release expects --data needed, all or none but found "${data}"`,
    );
  }
  const paths = positionals.length > 0
    ? positionals.map(fromUser)
    : await notebookPaths(join(root, "notebooks"));
  const loaded = await Promise.all(paths.map((path) => loadNotebook(path)));
  const notebooks = positionals.length > 0
    ? loaded
    : loaded.filter(({ notebook }) => exercisesOf(notebook).length > 0);
  if (notebooks.length === 0) {
    throw new NotebookError(
      "release found no notebook with exercises in notebooks/: name one",
    );
  }
  const force = values.force === true;
  const { files, zip, kept } = await release(notebooks, { out, data, force });
  for (const path of kept) {
    console.log(`Kept, because it was changed since: ${join(out, path)}`);
  }
  console.log(`${files} files in ${out}\nTo hand out: ${zip}`);
  return 0;
}
