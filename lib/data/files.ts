/**
 * Where the data lies and how a missing file is reported.
 *
 * The folder is found from this module, not from the working directory, so a
 * notebook in any folder reads the same files.
 *
 * @module
 */

/** The folder `data/` of the repository, as a URL that ends in a slash. */
export const dataFolder: URL = new URL("../../data/", import.meta.url);

/** A file as people write it: the URL of a local file as its path. */
export function pathOf(file: string | URL): string {
  if (typeof file === "string" && !file.startsWith("file:")) return file;
  const path = decodeURIComponent(new URL(file).pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path; // Windows: /C:/...
}

/** Opens a file to read; a missing one is reported with its path. */
export async function openFile(
  file: string | URL,
  caller: string,
): Promise<Deno.FsFile> {
  try {
    return await Deno.open(pathOf(file));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `${caller}() expects the file ${
        pathOf(file)
      } but found none: the data lies in the repository's folder data/, so check out the whole repository`,
      { cause: error },
    );
  }
}

/** The bytes of a whole file. */
export async function readBytes(
  file: string | URL,
  caller: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await openFile(file, caller);
  return new Uint8Array(await new Response(opened.readable).arrayBuffer());
}
