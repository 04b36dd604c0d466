/** The list data/CHECKSUMS: the SHA-256 of every data file. */
import { join } from "node:path";
import { sha256, writeWhole } from "./files.ts";
import { root } from "./paths.ts";

/** Puts the checksums of files, as paths in the data folder, into its list. */
export async function renewChecksums(names: readonly string[]): Promise<void> {
  const list = join(root, "data", "CHECKSUMS");
  const lines = (await Deno.readTextFile(list)).trimEnd().split("\n");
  const kept = lines.filter((line) => !names.includes(line.slice(66)));
  for (const name of names) {
    const bytes = await Deno.readFile(join(root, "data", name));
    kept.push(`${sha256(bytes)}  ${name}`);
  }
  const sorted = kept.sort((a, b) => a.slice(66) < b.slice(66) ? -1 : 1);
  await writeWhole(list, `${sorted.join("\n")}\n`);
}
