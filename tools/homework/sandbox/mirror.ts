/** Writes the library as JavaScript into a folder for the sandbox. */
import { dirname, join } from "node:path";
import ts from "typescript";
import { infoOf, sha256 } from "../../files.ts";
import { isRecord } from "../notebook/notebook.ts";

/** Folders of the mirror with JavaScript in them. */
export const SERVED_FOLDERS = ["lib", "tools"];

/** A file of the library or the grader, its path below the repository, and what is in it. */
export interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Builds the folder beside itself and renames it when it is whole.
 *
 * @param root Where `data` and `node_modules` lie.
 */
export async function buildMirror(
  folder: string,
  root: string,
  { sources, config }: { sources: Source[]; config: string },
): Promise<void> {
  const known = await readKnown(dirname(folder));
  const draft = `${folder}.${crypto.randomUUID()}`; // renamed when it is whole
  for (const { path, bytes } of sources) {
    if (!isServed(path)) continue;
    const target = join(draft, path.replace(/\.ts$/, ".js"));
    await Deno.mkdir(dirname(target), { recursive: true });
    if (!path.endsWith(".ts")) {
      await Deno.writeFile(target, bytes);
      continue;
    }
    const text = new TextDecoder().decode(bytes);
    const code = known.get(sha256(text)) ?? toJavaScript(text);
    await Deno.writeTextFile(target, `${code}\n${mark}${sha256(text)}\n`);
  }
  for (const name of ["data", "node_modules"]) {
    const type = Deno.build.os === "windows" ? "junction" : "dir";
    await Deno.symlink(join(root, name), join(draft, name), { type });
  }
  await Deno.writeTextFile(join(draft, "deno.json"), configOf(config));
  try {
    await Deno.rename(draft, folder);
  } catch (error) {
    await Deno.remove(draft, { recursive: true });
    // Another run may have made it meanwhile.
    if (await infoOf(join(folder, "deno.json")) === undefined) throw error;
  }
}

/** Last line of a file: which source it was made from. */
const mark = "// from ";

/**
 * JavaScript of the newest folder beside the new one, by its source's sum:
 * after a change in one file only that file is transpiled. Older ones go.
 */
async function readKnown(parent: string): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const folders: { path: string; time: number }[] = [];
  for await (const { name } of Deno.readDir(parent)) {
    if (!/^[0-9a-f]{16}$/.test(name)) continue;
    const { mtime } = await Deno.stat(join(parent, name));
    folders.push({ path: join(parent, name), time: mtime?.getTime() ?? 0 });
  }
  folders.sort((a, b) => b.time - a.time);
  const weekAgo = Date.now() - 7 * 24 * 3600 * 1000;
  for (const { path, time } of folders.slice(1)) {
    if (time < weekAgo) await Deno.remove(path, { recursive: true });
  }
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) await walk(path);
      else if (name.endsWith(".js")) {
        const text = await Deno.readTextFile(path);
        const at = text.lastIndexOf(`\n${mark}`);
        if (at < 0) continue;
        known.set(text.slice(at + 1 + mark.length).trim(), text.slice(0, at));
      }
    }
  };
  if (folders.length > 0) {
    for (const name of SERVED_FOLDERS) await walk(join(folders[0].path, name));
  }
  return known;
}

/** The grader itself stays outside; only its part for the sandbox goes in. */
const served = [
  "lib/",
  ...["inside/", "wire/", "transpile.ts", "share_names.ts"]
    .map((name) => `tools/homework/sandbox/${name}`),
];

function isServed(path: string): boolean {
  return served.some((start) => path.startsWith(start));
}

function toJavaScript(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Force,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      removeComments: true,
    },
  }).outputText;
}

/** The import map of deno.json, with the library's modules as JavaScript. */
function configOf(text: string): string {
  const config = JSON.parse(text);
  const imports: Record<string, string> = {};
  if (isRecord(config) && isRecord(config.imports)) {
    for (const [name, target] of Object.entries(config.imports)) {
      if (typeof target !== "string") continue;
      const local = target.startsWith("./");
      if (local && !isServed(target.slice(2))) continue;
      imports[name] = local ? target.replace(/\.ts$/, ".js") : target;
    }
  }
  return JSON.stringify({ nodeModulesDir: "manual", imports }, null, 2) + "\n";
}
