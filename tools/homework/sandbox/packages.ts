/** The files of `node_modules` that the library can load: few of the many. */
import { dirname, join, relative } from "node:path";
import { ifThere, readIfThere } from "../../files.ts";
import { isRecord } from "../notebook/notebook.ts";

/** What one file asks for: `require("a")`, `from "a"`, `import "a"`, `import("a")`. */
const asked =
  /(?:\brequire|\bimport)\s*\(\s*["']([^"'\n]+)["']\s*\)|\b(?:from|import)\s*["']([^"'\n]+)["']/g;

/**
 * Follows what packages ask for, as far as their texts tell.
 *
 * @param modules The folder `node_modules`.
 * @param packages As in an import map: `fflate@0.8.3`, `deno-std@1.4.0/yaml/parse.js`.
 * @returns Files, and links between packages, as paths below `modules`.
 */
export async function packageFiles(
  modules: string,
  packages: readonly string[],
): Promise<{ files: string[]; links: string[] }> {
  const real = await Deno.realPath(modules);
  const files = new Set<string>();
  const links = new Set<string>();
  const open: string[] = [];

  const add = async (path: string): Promise<void> => {
    if (files.has(path)) return;
    files.add(path);
    if (/\.[cm]?js$/.test(path)) open.push(path);
    // What makes a folder a package, or its files modules of one kind.
    for (let at = dirname(path); at.startsWith(real); at = dirname(at)) {
      const config = join(at, "package.json");
      if (await isFile(config)) files.add(config);
      if (/[\\/]node_modules([\\/]@[^\\/]+)?$/.test(dirname(at))) break;
    }
  };
  /** A package's own files: those that its description names as entries. */
  const enter = async (folder: string, below: string): Promise<void> => {
    if (below !== "") {
      const file = await found(join(folder, below));
      if (file) await add(file);
    }
    const config = JSON.parse(
      await readIfThere(join(folder, "package.json")) ?? "{}",
    );
    const named = config.exports === undefined
      ? below === "" ? [config.main ?? "index.js"] : []
      : leaves(config.exports);
    for (const name of named) {
      const file = await found(join(folder, name));
      if (file) await add(file);
    }
    for (const name of await binaries(join(folder, "dist"))) await add(name);
  };
  /** Finds a package as a module in `from` does: in the folders above. */
  const ask = async (name: string, from: string): Promise<void> => {
    const [, own, below] = /^((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?\/?(.*)$/
      .exec(name) ?? [];
    if (own === undefined) return;
    for (let at = from; at.startsWith(real); at = dirname(at)) {
      const place = join(at, "node_modules", own);
      const path = at === real ? join(real, own) : place;
      const info = await ifThere(Deno.lstat(path));
      if (info === undefined) continue;
      if (info.isSymlink) {
        if (links.has(path) && below === "") return;
        links.add(path);
      }
      return await enter(await Deno.realPath(path), below);
    }
  };

  for (const name of packages) await ask(name, real);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const [, a, b] of (await Deno.readTextFile(path)).matchAll(asked)) {
      const name = a ?? b;
      if (!name.startsWith(".")) await ask(name, dirname(path));
      else {
        const file = await found(join(dirname(path), name));
        if (file) await add(file);
      }
    }
  }
  const sorted = (paths: Set<string>) =>
    [...paths].map((path) => relative(real, path)).sort();
  return { files: sorted(files), links: sorted(links) };
}

/** WebAssembly that a package loads by a path that it puts together. */
async function binaries(folder: string): Promise<string[]> {
  const entries = await ifThere(Array.fromAsync(Deno.readDir(folder))) ?? [];
  return entries.filter(({ name }) => name.endsWith(".wasm"))
    .map(({ name }) => join(folder, name));
}

/** The file that a path without or with an ending means. */
async function found(path: string): Promise<string | undefined> {
  if (/\.d\.[cm]?ts$/.test(path)) return undefined;
  for (const end of ["", ".js", ".cjs", ".mjs", ".json", "/index.js"]) {
    if (await isFile(path + end)) return join(path + end);
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await ifThere(Deno.stat(path)))?.isFile ?? false;
}

/** All texts of `exports`, whatever their conditions. */
function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isRecord(value) ? Object.values(value).flatMap(leaves) : [];
}
