/**
 * Files that may not be there yet, and files that are there whole or not at all.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { SetupError } from "./process.ts";

/** The answer to a question about a path; undefined where nothing stands there. */
export async function ifThere<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    throw error;
  }
}

/** What stands at a path, a link itself; undefined where nothing does. */
export function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  return ifThere(Deno.lstat(path));
}

/** The text of a file; undefined where there is none. */
export function readIfThere(path: string): Promise<string | undefined> {
  return ifThere(Deno.readTextFile(path));
}

/** Removes a file or folder with all that is in it, if it is there. */
export async function remove(path: string): Promise<void> {
  await ifThere(Deno.remove(path, { recursive: true }));
}

/** Writes a file so that it is there whole or not at all; it keeps its permissions. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.part`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(draft, content);
    else await Deno.writeFile(draft, content);
    const mode = (await ifThere(Deno.stat(path)))?.mode;
    if (mode && Deno.build.os !== "windows") {
      await Deno.chmod(draft, mode & 0o777);
    }
    await Deno.rename(draft, path);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

/** Writes JSON where the file does not hold it already. */
export async function writeIfNew(
  folder: string,
  name: string,
  value: unknown,
): Promise<void> {
  const text = JSON.stringify(value, null, 2) + "\n";
  const path = join(folder, name);
  if (await readIfThere(path) === text) return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Says in a folder that it was made here, and so may be made afresh. */
const mark = "made-by-the-course.txt";

/**
 * Makes a folder afresh: it is emptied where it was made here before.
 *
 * @throws {SetupError} A folder that somebody else made; it is left as it is.
 */
export async function freshFolder(path: string): Promise<void> {
  if (!await isOurs(path)) {
    throw new SetupError(
      `${path} is in the way and was not made by this command: rename it or move it away, and run the same command again.`,
    );
  }
  await remove(path);
  await Deno.mkdir(path, { recursive: true });
  await Deno.writeTextFile(
    join(path, mark),
    "deno task setup made this folder; it removes all of it before it makes it afresh.\n",
  );
}

async function isOurs(path: string): Promise<boolean> {
  const info = await infoOf(path);
  if (info === undefined) return true;
  if (!info.isDirectory) return false; // a link is somebody's, whatever it leads to
  const names = (await Array.fromAsync(Deno.readDir(path))).map((e) => e.name);
  return names.length === 0 || names.includes(mark) ||
    // An environment from before there was a mark has its stamp alone.
    /^[0-9a-f]{64}$/.test(await readIfThere(join(path, "complete.txt")) ?? "");
}

/** SHA-256 of texts and bytes one after another, in hexadecimal. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
