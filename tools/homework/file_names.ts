/** File names from names that a student chose. */
import { sha256 } from "../files.ts";

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
  return `${[...safe].slice(0, 30).join("").replace(/%.?$/, "")}%-${
    sha256(name).slice(0, 16)
  }`;
}
