/** Writes the library as JavaScript into a folder for the sandbox. */
import { dirname, join } from "node:path";
import ts from "typescript";
import { sha256 } from "../../files.ts";
import { isRecord } from "../notebook/notebook.ts";
import { linkFolder } from "./stock.ts";
import { guarded, withoutChecks } from "./student_library.ts";

/** Folders of the mirror with JavaScript in them. */
export const SERVED_FOLDERS = ["lib", "tools"];

/** The folder below the mirror that a student's code may read. */
export const STUDENTS = "students";

/** A file of the library or the grader, its path below the repository, and what is in it. */
export interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Builds the folder.
 *
 * @param known JavaScript of a source, by the source's sum; see `readKnown`.
 * @param stock Where `data` and `node_modules` lie: copies.
 */
export async function buildMirror(
  folder: string,
  { sources, config, known, stock }: {
    sources: readonly Source[];
    config: string;
    known: ReadonlyMap<string, string>;
    stock: string;
  },
): Promise<void> {
  const students = join(folder, STUDENTS);
  const scripts = new Map<string, string>();
  const write = async (path: string, content: string | Uint8Array) => {
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  };
  for (const { path, bytes } of sources) {
    if (!isServed(path)) continue;
    if (!path.endsWith(".ts")) {
      for (const place of [folder, students]) {
        await write(join(place, path), bytes);
      }
      continue;
    }
    const text = new TextDecoder().decode(bytes);
    const code = known.get(sha256(text)) ?? toJavaScript(text);
    const script = path.replace(/\.ts$/, ".js");
    await write(join(folder, script), `${code}\n${mark}${sha256(text)}\n`);
    scripts.set(script, code);
  }
  for (const [path, code] of withoutChecks(scripts)) {
    const text = path.startsWith("lib/") ? guarded(path, code) : code;
    await write(join(students, path), text);
  }
  for (const place of [folder, students]) {
    for (const name of ["data", "node_modules"]) {
      await linkFolder(join(stock, name), join(place, name));
    }
    await Deno.writeTextFile(join(place, "deno.json"), configOf(config));
  }
}

/** Last line of a file: which source it was made from. */
const mark = "// from ";

/**
 * JavaScript in a folder of before, by its source's sum: after a change in one
 * file only that file is transpiled.
 */
export async function readKnown(folder: string): Promise<Map<string, string>> {
  const known = new Map<string, string>();
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
  for (const name of SERVED_FOLDERS) await walk(join(folder, name));
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
