/** Copies of the data and of the packages for the sandbox: never the originals. */
import { dirname, join, relative } from "node:path";
import { ifThere, readIfThere, sha256 } from "../../files.ts";
import { packageFiles } from "./packages.ts";

/** What is copied. */
export interface Stock {
  /** Where `data` and `node_modules` lie. */
  readonly root: string;
  /** As in an import map, without `npm:`. */
  readonly packages: readonly string[];
}

/** A sum that differs whenever a copy would. */
export async function stockVersion({ root, packages }: Stock): Promise<string> {
  const lines: string[] = [];
  for (const path of await filesBelow(join(root, "data"))) {
    const { size, mtime } = await Deno.stat(path);
    lines.push(`${path} ${size} ${mtime?.getTime()}`);
  }
  const modules = join(root, "node_modules");
  const stores = await ifThere(
    Array.fromAsync(Deno.readDir(join(modules, ".deno"))),
  ) ?? [];
  lines.push(...packages, ...stores.map(({ name }) => name).sort());
  lines.push(await readIfThere(join(modules, ".complete.txt")) ?? "");
  return sha256(lines.join("\n")).slice(0, 16);
}

/**
 * Copies to `folder/data` and `folder/node_modules`.
 *
 * @param place Where the folder will lie.
 */
export async function copyStock(
  { root, packages }: Stock,
  folder: string,
  place: string,
): Promise<void> {
  for (const name of ["data", "node_modules"]) {
    await Deno.mkdir(join(folder, name), { recursive: true });
  }
  const copy = async (from: string, to: string): Promise<void> => {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
    if (Deno.build.os !== "windows") await Deno.chmod(to, 0o644);
  };
  const data = join(root, "data");
  for (const path of await filesBelow(data)) {
    await copy(path, join(folder, "data", path.slice(data.length)));
  }
  const modules = await ifThere(Deno.realPath(join(root, "node_modules")));
  if (modules === undefined) return;
  const { files, links } = await packageFiles(modules, packages);
  for (const path of files) {
    await copy(join(modules, path), join(folder, "node_modules", path));
  }
  for (const path of links) {
    const target = relative(modules, await Deno.realPath(join(modules, path)));
    const link = join("node_modules", path);
    await Deno.mkdir(dirname(join(folder, link)), { recursive: true });
    await linkFolder(
      join(place, "node_modules", target),
      join(folder, link),
      join(place, link),
    );
  }
}

/**
 * A link to a folder beside it, which a copy of both bears; Windows knows whole paths
 * alone.
 *
 * @param place Where the link will lie, if not at `path`.
 */
export async function linkFolder(
  target: string,
  path: string,
  place = path,
): Promise<void> {
  const windows = Deno.build.os === "windows";
  await Deno.symlink(
    windows ? target : relative(dirname(place), target),
    path,
    { type: windows ? "junction" : "dir" },
  );
}

/** Files below a folder, in order; links are left out. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await ifThere(Array.fromAsync(Deno.readDir(folder))) ?? [];
  const found: string[] = [];
  for (const { name, isDirectory, isFile } of entries) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesBelow(path));
    else if (isFile) found.push(path);
  }
  return found.sort();
}
