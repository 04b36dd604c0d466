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
  for (const [path, text] of sources) hash.update(`${path}\n${text}\n`);
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

/** Every TypeScript file of lib/ that a student's code or the sandbox runs. */
async function readLibrary(root: string): Promise<[string, string][]> {
  const files: [string, string][] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await Array.fromAsync(Deno.readDir(join(root, folder)));
    entries.sort((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, isDirectory, isFile } of entries) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (isFile && name.endsWith(".ts")) {
        files.push([path, await Deno.readTextFile(join(root, path))]);
      }
    }
  };
  await walk("lib");
  return files;
}

async function build(
  folder: string,
  root: string,
  { sources, config }: { sources: [string, string][]; config: string },
): Promise<void> {
  const draft = `${folder}.${crypto.randomUUID()}`; // renamed when it is whole
  for (const [path, text] of sources) {
    if (!isServed(path)) continue;
    const target = join(draft, path.replace(/\.ts$/, ".js"));
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.writeTextFile(target, toJavaScript(text));
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
