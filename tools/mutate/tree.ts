/** A throw-away copy of the tree, in which everything is tried out. */
import { join, relative } from "node:path";
import { infoOf, remove } from "../files.ts";

/** What is made by commands: it is left out. */
const made = [".git", ".cache", ".venv", "node_modules", "output"];

/** What is installed, and only read: the copy has links to it. */
const installed = ["node_modules", ".venv", join(".cache", "torch")];

/**
 * Copies a tree into a new folder of the system's own for such.
 *
 * @returns The copy, removed at the end of an `await using`.
 */
export async function copyTree(
  from: string,
): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "mutate-" });
  await Promise.all((await filesBelow(from)).map(async (file) => {
    await Deno.mkdir(join(path, file, ".."), { recursive: true });
    await Deno.copyFile(join(from, file), join(path, file));
  }));
  for (const name of installed) {
    if (await infoOf(join(from, name)) === undefined) continue;
    await Deno.mkdir(join(path, name, ".."), { recursive: true });
    await Deno.symlink(join(from, name), join(path, name), { type: "dir" });
  }
  // Who stops the run means the copy, too.
  const stop = () => {
    Deno.removeSync(path, { recursive: true });
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      Deno.removeSignalListener("SIGINT", stop);
      await remove(path);
    },
  };
}

/** Files below a folder, as "lib/mod.ts", without what commands make. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (path: string) => {
    for await (const entry of Deno.readDir(path)) {
      const { name, isDirectory, isFile } = entry;
      if (made.includes(name) || name === "__pycache__") continue;
      if (isDirectory) await walk(join(path, name));
      else if (isFile) {
        found.push(relative(folder, join(path, name)).replaceAll("\\", "/"));
      }
    }
  };
  await walk(folder);
  return found.sort();
}
