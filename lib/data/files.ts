/**
 * Where the data lies and how a missing file is reported. The folder is found
 * from this module, so a notebook in any folder reads the same files.
 */
import { shown } from "../base/options.ts";
import * as platform from "../kernel/platform.ts";
import { errors, kindAt, readFile } from "../kernel/platform.ts";

/** The folder `data/` of the repository, as a URL that ends in a slash. */
export const dataFolder: URL = platform.dataFolder;

/** A file as people write it: the URL of a local file as its path. */
export function pathOf(file: string | URL, caller = "pathOf"): string {
  // A web address, or data: and blob:; C:\a.png is a path of Windows.
  const elsewhere = /^[a-z][a-z+.-]+:/i;
  if (
    typeof file === "string" && file !== "" && !file.includes("\0") &&
    !elsewhere.test(file)
  ) return file;
  try {
    const { protocol, pathname } = new URL(file);
    if (protocol === "file:") {
      const path = decodeURIComponent(pathname);
      if (!path.includes("\0")) {
        return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path; // Windows: /C:/...
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof URIError)) throw error;
  }
  throw new TypeError(
    `${caller}() expects a path or the URL of a local file but found ${
      file instanceof URL ? file : shown(file)
    }: pass the path as text, or new URL(name, dataFolder)`,
  );
}

/** What to do about a file of the reader that is missing. */
const CHECK_PATH =
  "check the path; it counts from the folder that the notebook runs in";

/** What to do about a file of the course that is missing. */
const CHECK_OUT =
  "the data lies in the repository's folder data/, so check out the whole repository";

/** The bytes of a whole file; a missing one, or a folder, is reported with its path. */
export async function readBytes(
  file: string | URL,
  caller: string,
  remedy = CHECK_PATH,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = pathOf(file, caller);
  try {
    return await readFile(path);
  } catch (error) {
    if (await kindAt(path) === "folder") {
      throw new errors.IsADirectory(
        `${caller}() expects a file but found the folder ${path}: write the name of the file behind it`,
      );
    }
    if (!(error instanceof errors.NotFound)) {
      throw unreadable(caller, path, error as Error);
    }
    const ours = path.startsWith(pathOf(dataFolder));
    throw new errors.NotFound(
      `${caller}() expects the file ${path} but found none: ${
        ours ? CHECK_OUT : remedy
      }`,
      { cause: error },
    );
  }
}

/** The error for a file that is there, or may be, and cannot be used. */
export function unreadable(caller: string, path: string, error: Error): Error {
  return new TypeError(
    `${caller}() expects a file that it may use but found ${
      shown(path)
    } closed to it (${error.message}): check the path, and who may use the file`,
    { cause: error },
  );
}
