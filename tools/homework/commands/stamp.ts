/** `deno task homework stamp [notebook ...] [--check]`. */
import { join } from "node:path";
import { writeWhole } from "../../files.ts";
import { loadNotebook, notebookPaths } from "../notebook/load.ts";
import { fromUser, root } from "../../paths.ts";
import { stampText } from "../notebook/nbgrader.ts";
import { readOptions } from "./options.ts";

/** Completes nbgrader's marks; with --check, 1 if one is not complete. */
export async function stampCommand(args: string[]): Promise<number> {
  const { values, positionals } = readOptions("stamp", args, {
    check: { type: "boolean", default: false },
  });
  const paths = positionals.length > 0
    ? positionals.map(fromUser)
    : await notebookPaths(join(root, "notebooks"));
  let stale = 0;
  for (const path of paths) {
    await loadNotebook(path, { unstamped: true }); // says what cannot be read
    const text = await Deno.readTextFile(path);
    const stamped = stampText(text);
    if (sameJson(text, stamped)) continue;
    stale++;
    console.log(`${values.check ? "Not stamped" : "Stamped"}: ${path}`);
    // The file itself where the path is a link.
    if (!values.check) await writeWhole(await Deno.realPath(path), stamped);
  }
  return values.check && stale > 0 ? 3 : 0;
}

function sameJson(a: string, b: string): boolean {
  const plain = (text: string) =>
    JSON.stringify(JSON.parse(text.replace(/^\ufeff/, "")));
  return plain(a) === plain(b);
}
