/** Files of the course as a notebook in the browser reads them. */

/** What the folders are called there: names for messages, for there are none. */
export const courseFolder = "/course";
export const notebookFolder = `${courseFolder}/notebooks`;

/** Below it a path stands for a file of the site; `cnn.dataFolder` there. */
export const dataPath = "/data/";

/** As Deno's error of this name. */
export class NotFound extends Error {
  override name = "NotFound";
}

/** Beside the bundle that this is in. */
const data = new URL("./data/", import.meta.url);

/**
 * Fetches a file.
 *
 * @throws {NotFound} No such file on the site, or a path elsewhere.
 */
export async function readCourseFile(path: string | URL): Promise<Response> {
  const name = String(path).replace(/^file:\/\//, "");
  if (!name.startsWith(dataPath)) {
    throw new NotFound(
      `A notebook in the browser expects files of the course, below cnn.dataFolder, but found ${name}`,
    );
  }
  const response = await fetch(new URL(name.slice(dataPath.length), data));
  if (response.ok) return response;
  throw new NotFound(`No such file: ${name}`);
}
