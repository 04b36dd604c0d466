/**
 * Where the data lies and how a missing file is reported.
 *
 * The folder is found from this module, not from the working directory, so a
 * notebook in any folder reads the same files.
 *
 * @module
 */
import { shown } from "../options.ts";

/** The folder `data/` of the repository, as a URL that ends in a slash. */
export const dataFolder: URL = new URL("../../data/", import.meta.url);

/**
 * A file as people write it: the URL of a local file as its path.
 *
 * @param caller Name of the function, for messages.
 * @throws {TypeError} No text and no URL, or the URL of something that is no file here.
 */
export function pathOf(file: string | URL, caller = "pathOf"): string {
  if (typeof file === "string" && !file.startsWith("file:")) return file;
  try {
    const { protocol, pathname } = new URL(file);
    if (protocol === "file:") {
      const path = decodeURIComponent(pathname);
      return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path; // Windows: /C:/...
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

/** What to do about a file of the course that is missing. */
const CHECK_OUT =
  "the data lies in the repository's folder data/, so check out the whole repository";

/** Opens a file to read; a missing one, or a folder, is reported with its path. */
export async function openFile(
  file: string | URL,
  caller: string,
  remedy = CHECK_OUT,
): Promise<Deno.FsFile> {
  const path = pathOf(file, caller);
  try {
    const opened = await Deno.open(path);
    if ((await opened.stat()).isDirectory) {
      opened.close();
      throw new Deno.errors.IsADirectory(
        `${caller}() expects a file but found the folder ${path}: write the name of the file behind it`,
      );
    }
    return opened;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `${caller}() expects the file ${path} but found none: ${remedy}`,
      { cause: error },
    );
  }
}

/** The bytes of a whole file. */
export async function readBytes(
  file: string | URL,
  caller: string,
  remedy = CHECK_OUT,
): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await openFile(file, caller, remedy);
  return new Uint8Array(await new Response(opened.readable).arrayBuffer());
}
