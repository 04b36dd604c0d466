/** Putting what was built into output/site/, over files of ours alone. */
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { OwnFolder } from "../own_folder.ts";
import { root } from "../paths.ts";

/** Where the site lies. */
export const siteFolder: string = join(root, "output", "site");

/** Files below a folder, as "a/b.html". */
export async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) =>
    join(entry.parentPath, entry.name).slice(folder.length + 1)
      .replaceAll(sep, "/")
  ).sort();
}

/**
 * Writes the files of a folder into the site, and removes those of an earlier
 * build that are gone. What somebody changed there is kept under another name.
 *
 * @returns Files and bytes.
 */
export async function publish(
  who: string,
  from: string,
  into: string,
): Promise<{ files: number; bytes: number }> {
  const own = await OwnFolder.open(who, into);
  const written = new Set(await filesBelow(from));
  let bytes = 0;
  for (const name of written) {
    const content = await Deno.readFile(join(from, name));
    bytes += content.length;
    await own.write(name, content, { aside: true });
  }
  await own.removeOthers(written);
  await own.close();
  return { files: written.size, bytes };
}
