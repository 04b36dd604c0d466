/**
 * `deno task clean [notebook or folder ...]`: takes out of notebooks what running
 * them wrote there, as they are committed.
 */
import { join, relative } from "node:path";
import { writeWhole } from "./files.ts";
import { isRecord } from "./homework/notebook/notebook.ts";
import { root } from "./paths.ts";
import { chooseNotebooks, readNotebook } from "./homework/notebook/load.ts";
import { withoutFlags } from "./options.ts";
import { withPlainErrors } from "./process.ts";
import { kernelName } from "./vscode_kernel.ts";

/**
 * A notebook's text without outputs, execution counts and times, and for the
 * course's kernel again where VS Code put its own; all else as it was. The very
 * text where there is nothing to take out.
 */
export function cleanText(text: string): string {
  const notebook = JSON.parse(text.replace(/^\ufeff/, ""));
  let changed = false;
  const set = (owner: Record<string, unknown>, name: string, to: unknown) => {
    if (JSON.stringify(owner[name]) === JSON.stringify(to)) return;
    if (to === undefined) delete owner[name];
    else owner[name] = to;
    changed = true;
  };
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    set(cell, "outputs", []);
    set(cell, "execution_count", null);
    if (isRecord(cell.metadata)) set(cell.metadata, "execution", undefined);
  }
  if (notebook.metadata?.kernelspec?.name === kernelName) {
    const deno = { display_name: "Deno", language: "typescript", name: "deno" };
    set(notebook.metadata, "kernelspec", deno);
  }
  if (!changed) return text;
  const indent = /^\s*\{\r?\n([ \t]+)/.exec(text)?.[1] ?? 1;
  return JSON.stringify(notebook, null, indent) + "\n";
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const paths = await chooseNotebooks(
      withoutFlags("clean", Deno.args),
      join(root, "notebooks"),
    );
    await Promise.all(paths.map(readNotebook)); // all or none: stops at what is no notebook
    let cleaned = 0;
    for (const path of paths) {
      const text = await Deno.readTextFile(path);
      const clean = cleanText(text);
      if (clean === text) continue;
      // A link stays one: the file behind it is written.
      await writeWhole(await Deno.realPath(path), clean);
      console.log(`Cleaned ${relative(root, path)}`);
      cleaned++;
    }
    console.log(`${cleaned} of ${paths.length} notebooks held outputs`);
    return 0;
  });
}
