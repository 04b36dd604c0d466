/**
 * Small helpers for files that may not be there yet.
 *
 * @module
 */
import { join } from "node:path";

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

/** SHA-256 of a text, in hexadecimal. */
export async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(hash).toHex();
}
