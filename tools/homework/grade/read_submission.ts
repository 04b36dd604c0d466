/** Reading a file that a student handed in. */
import { sha256 } from "../../files.ts";
import { isSystemError } from "../../process.ts";
import { largestNotebook } from "../notebook/notebook.ts";
import { readZip, type ZipEntry } from "./zip_entries.ts";

/** A sum of what was read: two submissions with one sum are the same. */
export const sumOf = (read: Uint8Array | string): string =>
  typeof read === "string" ? read : sha256(read);

/** The file's bytes, or why they cannot be read. */
export async function readSubmission(
  path: string,
  entry?: ZipEntry,
): Promise<Uint8Array | string> {
  try {
    const { isFile, size } = await Deno.lstat(path);
    if (!isFile) return "The file is a symbolic link or no file any more";
    if (size > largestNotebook) {
      return `The file has ${Math.round(size / 1048576)} MB, more than the ${
        largestNotebook / 1048576
      } MB that are read: clear all outputs, save, and submit it again`;
    }
    const bytes = await Deno.readFile(path);
    return entry === undefined ? bytes : readZip(bytes, entry);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      return "The file may not be read: its permissions forbid it";
    }
    if (error instanceof Deno.errors.NotFound) {
      return "The file cannot be opened: it is gone, or its name is no UTF-8, which archives of other systems leave behind";
    }
    if (isSystemError(error)) {
      return `The file cannot be read (${error.message}): copy it anew`;
    }
    throw error;
  }
}
