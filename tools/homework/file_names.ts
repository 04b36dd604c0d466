/**
 * File names from names that a student chose, and writing files whole.
 *
 * @module
 */
import { createHash } from "node:crypto";

/**
 * A file name that is safe on every system; different names stay different.
 *
 * @example
 * ```ts
 * import { safeFileName } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(safeFileName("Kim, Ada"), "Kim%2C%20Ada");
 * ```
 */
export function safeFileName(name: string): string {
  const safe = name.toWellFormed().replaceAll(
    /[^\p{L}\p{N}._-]|^\.|^-|\.$/gu,
    (char) =>
      [...new TextEncoder().encode(char)].map((byte) =>
        `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
      ).join(""),
  );
  // Windows knows some names as devices.
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe);
  if (!reserved && new TextEncoder().encode(safe).length <= 120) return safe;
  const sum = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `${[...safe].slice(0, 30).join("").replace(/%.?$/, "")}%-${sum}`;
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
    const mode = await modeOf(path);
    if (mode !== null) await Deno.chmod(draft, mode & 0o777);
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {}); // it may not have come to be
    throw error;
  }
}

/** A file's permissions; null where there is none, and on Windows. */
async function modeOf(path: string): Promise<number | null> {
  if (Deno.build.os === "windows" || !await exists(path)) return null;
  return (await Deno.stat(path)).mode;
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** True where there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
