/**
 * The library as plain JavaScript in a folder of its own: what a sandbox reads.
 *
 * A sandbox may keep nothing on disk, so it also has no cache of transpiled
 * files; reading JavaScript saves it that work (a start takes 0.1 s instead of
 * 0.3 s). And the folder shows a student's code the library and nothing else.
 */
import { join } from "node:path";
import ts from "typescript";
import { infoOf, sha256 } from "../../files.ts";
import { buildMirror, SERVED_FOLDERS, type Source } from "./mirror.ts";
import { root } from "../../paths.ts";

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
export async function prepareSandbox(): Promise<SandboxFiles> {
  const sources = await readLibrary();
  const config = await Deno.readTextFile(join(root, "deno.json"));
  const parts = sources.flatMap(({ path, bytes }) => [
    `${path}\n${bytes.length}\n`,
    bytes,
  ]);
  const version = sha256(ts.version, config, ...parts).slice(0, 16);
  const folder = await placeFor(version);
  if (await infoOf(join(folder, "deno.json")) === undefined) {
    await buildMirror(folder, root, { sources, config });
  }
  await Deno.utime(folder, new Date(), new Date()); // in use: not to be removed
  return {
    folder,
    config: join(folder, "deno.json"),
    readable: [
      ...SERVED_FOLDERS.map((name) => join(folder, name)),
      ...["data", "node_modules"].flatMap((name) => [
        join(folder, name),
        join(root, name),
      ]),
    ],
    version,
  };
}

/** `.cache/homework/` of the repository; a temporary folder if it is read-only. */
async function placeFor(version: string): Promise<string> {
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

/** Every file of the library and of the grader. */
async function readLibrary(): Promise<Source[]> {
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
  for (const folder of ["lib", "tools/homework"]) await walk(folder);
  return files;
}
