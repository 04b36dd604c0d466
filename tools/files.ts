/**
 * Small helpers for files that may not be there yet.
 *
 * @module
 */
import { join } from "node:path";
import { SetupError } from "./process.ts";

/** Writes JSON where the file does not hold it already. */
export async function writeIfNew(
  folder: string,
  name: string,
  value: unknown,
): Promise<void> {
  const text = JSON.stringify(value, null, 2) + "\n";
  const path = join(folder, name);
  if (await readOr(path, "") === text) return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** A file's text, or other text where there is no such file. */
export async function readOr(path: string, instead: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return instead;
    throw error;
  }
}

/** Removes a file or folder with all that is in it, if it is there. */
export async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
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
  try {
    // A link is somebody's, whatever it leads to.
    if (!(await Deno.lstat(path)).isDirectory) return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
  const names = (await Array.fromAsync(Deno.readDir(path))).map((e) => e.name);
  return names.length === 0 || names.includes(mark) ||
    // An environment from before there was a mark has its stamp alone.
    /^[0-9a-f]{64}$/.test(await readOr(join(path, "complete.txt"), ""));
}

/** SHA-256 of a text, in hexadecimal. */
export async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(hash).toHex();
}
