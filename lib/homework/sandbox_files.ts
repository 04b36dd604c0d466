/**
 * The library as plain JavaScript in a folder of its own: what a sandbox reads.
 *
 * A sandbox may keep nothing on disk, so it also has no cache of transpiled
 * files; reading JavaScript saves it that work (a start takes 0.1 s instead of
 * 0.3 s). And the folder shows a student's code the library and nothing else.
 *
 * @module
 */
import { createHash } from "node:crypto";
import ts from "typescript";
import { isRecord } from "./notebook.ts";
import { join, rootFolder } from "./root.ts";

/** What a sandbox needs on disk. */
export interface SandboxFiles {
  readonly folder: string;
  readonly config: string;
  /** The only places that a sandbox may read. */
  readonly readable: readonly string[];
  /** Changes whenever the library changes. */
  readonly version: string;
}

/** Makes the folder, once for each state of the library. */
export async function prepareSandbox(root = rootFolder): Promise<SandboxFiles> {
  const sources = await readLibrary(root);
  const config = await Deno.readTextFile(join(root, "deno.json"));
  const hash = createHash("sha256").update(ts.version).update(config);
  for (const { path, bytes } of sources) {
    hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  }
  const version = hash.digest("hex").slice(0, 16);
  const folder = await placeFor(root, version);
  if (!await exists(join(folder, "deno.json"))) {
    await build(folder, root, { sources, config });
  }
  return {
    folder,
    config: join(folder, "deno.json"),
    readable: ["lib", "data", "node_modules"].flatMap((name) => [
      join(folder, name),
      ...(name === "lib" ? [] : [join(root, name)]),
    ]),
    version,
  };
}

/** `.cache/homework/` of the repository; a temporary folder if it is read-only. */
async function placeFor(root: string, version: string): Promise<string> {
  const folder = join(root, ".cache/homework");
  try {
    await Deno.mkdir(folder, { recursive: true });
    const probe = await Deno.makeTempFile({ dir: folder });
    await Deno.remove(probe);
    return join(folder, version);
  } catch (error) {
    if (
      !(error instanceof Deno.errors.PermissionDenied ||
        error instanceof Deno.errors.NotCapable ||
        (error as { code?: string }).code === "EROFS")
    ) throw error;
    return join(await Deno.makeTempDir({ prefix: "homework_" }), version);
  }
}

/** A file of lib/, its path below the repository, and what is in it. */
interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Every file of lib/. */
async function readLibrary(root: string): Promise<Source[]> {
  const files: Source[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await Array.fromAsync(Deno.readDir(join(root, folder)));
    entries.sort((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, isDirectory, isFile } of entries) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (isFile) {
        files.push({ path, bytes: await Deno.readFile(join(root, path)) });
      }
    }
  };
  await walk("lib");
  return files;
}

async function build(
  folder: string,
  root: string,
  { sources, config }: { sources: Source[]; config: string },
): Promise<void> {
  const known = await readKnown(folder.slice(0, folder.lastIndexOf("/")));
  const draft = `${folder}.${crypto.randomUUID()}`; // renamed when it is whole
  for (const { path, bytes } of sources) {
    if (!isServed(path)) continue;
    const target = join(draft, path.replace(/\.ts$/, ".js"));
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
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
    if (!await exists(join(folder, "deno.json"))) throw error; // not another run
  }
}

const sha256 = (text: string) =>
  createHash("sha256").update(text).digest("hex");

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
  if (folders.length > 0) await walk(join(folders[0].path, "lib"));
  return known;
}

/** The grader itself stays outside; only its part for the sandbox goes in. */
function isServed(path: string): boolean {
  return !path.startsWith("lib/homework/") ||
    path.startsWith("lib/homework/sandbox/") || path === "lib/homework/wire.ts";
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
      const local = target.startsWith("./lib/");
      if (local && !isServed(target.slice(2))) continue;
      imports[name] = local ? target.replace(/\.ts$/, ".js") : target;
    }
  }
  return JSON.stringify({ nodeModulesDir: "manual", imports }, null, 2) + "\n";
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
