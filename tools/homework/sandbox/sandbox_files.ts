/**
 * The library as plain JavaScript in a folder of its own: what a sandbox reads.
 *
 * A sandbox may keep nothing on disk, so it also has no cache of transpiled
 * files; reading JavaScript saves it that work (a start takes 0.1 s instead of
 * 0.3 s). And the folder shows a student's code the library and nothing else.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { infoOf, sha256 } from "../../files.ts";
import { isRecord } from "../notebook/notebook.ts";
import { root } from "../../paths.ts";
import { confinement } from "./confinement.ts";
import { lastUse, LostFolder, notMine, removeLocked } from "./lost_folder.ts";
import {
  buildMirror,
  readKnown,
  SERVED_FOLDERS,
  type Source,
  STUDENTS,
} from "./mirror.ts";
import { copyStock, stockVersion } from "./stock.ts";

/** What a process in the sandbox needs on disk. */
export interface ProcessFiles {
  readonly folder: string;
  readonly config: string;
  /** The only places that it may read: copies that may be lost. */
  readonly readable: readonly string[];
  /** Words before its command. */
  readonly confinement: readonly string[];
}

/** What a sandbox needs on disk: its own processes, and a student's code. */
export interface SandboxFiles extends ProcessFiles {
  /** Of a copy without the checks, whose functions can be refused. */
  readonly students: ProcessFiles;
  /** Changes whenever the library changes. */
  readonly version: string;
  /** False where a sandbox changed modes, owners or times; they are put right. */
  readonly check: () => Promise<boolean>;
}

/**
 * Makes the folders, once for each state of library, data and packages.
 *
 * @param within The folder that they lie in: the repository's `.cache/homework`
 *   unless told.
 */
export async function prepareSandbox(within?: string): Promise<SandboxFiles> {
  const sources = await readLibrary();
  const config = await Deno.readTextFile(join(root, "deno.json"));
  const parts = sources.flatMap(({ path, bytes }) => [
    `${path}\n${bytes.length}\n`,
    bytes,
  ]);
  const given = { root, packages: packagesOf(config) };
  const stockName = `stock-${await stockVersion(given)}`;
  const version = sha256(ts.version, config, stockName, ...parts).slice(0, 16);
  const place = within ?? await findPlace();
  const stockPath = join(place, stockName, "files");
  const stock = await LostFolder.open(
    join(place, stockName),
    (draft) => copyStock(given, draft, stockPath),
  );
  const mirror = await LostFolder.open(
    join(place, version),
    async (draft) => {
      const newest = await newestMirror(place);
      const known = newest ? await readKnown(newest) : new Map();
      await buildMirror(draft, { sources, config, known, stock: stockPath });
    },
  );
  await removeOld(place);
  const confined = await confinement(place, Deno.execPath());
  const filesIn = (folder: string): ProcessFiles => ({
    folder,
    config: join(folder, "deno.json"),
    readable: [
      ...SERVED_FOLDERS.map((name) => join(folder, name)),
      ...["data", "node_modules"].flatMap((name) => [
        join(folder, name),
        join(stockPath, name),
      ]),
    ],
    confinement: confined,
  });
  return {
    ...filesIn(mirror.path),
    students: filesIn(join(mirror.path, STUDENTS)),
    version,
    check: async () => {
      const changed = [stock, mirror].filter((copy) => !copy.isWhole());
      for (const copy of changed) await copy.putRight();
      return changed.length === 0;
    },
  };
}

/** The packages of an import map. */
function packagesOf(config: string): string[] {
  const { imports } = JSON.parse(config);
  if (!isRecord(imports)) return [];
  return Object.values(imports).flatMap((target) =>
    typeof target === "string" && target.startsWith("npm:")
      ? [target.slice(4)]
      : []
  );
}

/** `.cache/homework/` of the repository; a temporary folder where it is read-only. */
async function findPlace(): Promise<string> {
  const folder = join(root, ".cache/homework");
  try {
    await Deno.mkdir(folder, { recursive: true });
    const probe = await Deno.makeTempFile({ dir: folder });
    await Deno.remove(probe);
    return await Deno.realPath(folder);
  } catch (error) {
    if (
      !(error instanceof Deno.errors.PermissionDenied ||
        error instanceof Deno.errors.NotCapable ||
        (error as { code?: string }).code === "EROFS")
    ) throw error;
    return await Deno.realPath(await temporaryPlace());
  }
}

/** A temporary folder, the same at each call, if nobody else made it. */
async function temporaryPlace(): Promise<string> {
  const user = Deno.uid();
  const folder = join(tmpdir(), `cnn-homework-${user ?? "user"}`);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const { isDirectory, uid } = await Deno.lstat(folder);
  return isDirectory && uid === user
    ? folder
    : await Deno.makeTempDir({ prefix: "homework_" });
}

/** The library of before, for what did not change in it. */
async function newestMirror(place: string): Promise<string | undefined> {
  let newest: { path: string; used: number } | undefined;
  for await (const { name } of Deno.readDir(place)) {
    if (!/^[0-9a-f]{16}$/.test(name)) continue;
    const path = join(place, name, "files");
    const used = await lastUse(join(place, name));
    if (await infoOf(join(path, "deno.json")) === undefined) continue;
    if (newest === undefined || used > newest.used) newest = { path, used };
  }
  return newest?.path;
}

/** Removes what no run used for a week, and drafts that one left behind. */
async function removeOld(place: string): Promise<void> {
  const weekAgo = Date.now() - 7 * 24 * 3600 * 1000;
  for await (const { name } of Deno.readDir(place)) {
    if (!/^(?:stock-)?[0-9a-f]{16}/.test(name)) continue;
    const path = join(place, name);
    if (await lastUse(path) < weekAgo) await removeLocked(path).catch(notMine);
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
