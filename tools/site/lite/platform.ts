/**
 * What the library asks of the system it runs on, in a browser: takes the place
 * of `lib/kernel/platform.ts`, whose names it has, all of them.
 *
 * @module
 */
import { gunzipSync, unzlibSync, zlibSync } from "fflate";
import type * as deno from "../../../lib/kernel/platform.ts";
import {
  courseFolder,
  dataPath,
  notebookFolder,
  NotFound,
  readCourseFile,
} from "../kernel/course_files.ts";
import { inspect as inspectValue } from "../kernel/inspect.ts";

type Platform = typeof deno;

/** The kernel in the browser, see tools/site/kernel/worker.ts. */
export const jupyter: Platform["jupyter"] = () =>
  (globalThis as Record<symbol, unknown>)[Symbol.for("cnn.jupyter")] as
    | deno.Jupyter
    | undefined;

/** Nobody sends signals here; the kernel is restarted instead. */
export const onInterrupt: Platform["onInterrupt"] = () => () => {};

/** A path for messages; {@link readFile} knows where on the site the files are. */
export const dataFolder: Platform["dataFolder"] = new URL(
  `file://${dataPath}`,
);

/** Those that the library looks for. */
export const errors = {
  NotFound,
  IsADirectory: class IsADirectory extends Error {
    override name = "IsADirectory";
  },
} as Platform["errors"];

export const readFile: Platform["readFile"] = async (path) =>
  new Uint8Array(await (await readCourseFile(path)).arrayBuffer());

export const kindAt: Platform["kindAt"] = async (path) =>
  await readFile(path).then(() => "file" as const, () => undefined);

export const writeFile: Platform["writeFile"] = () =>
  Promise.reject(
    new TypeError("a page in the browser has no folder to write into"),
  );

/** Cells are written for the Deno of this version. */
export const place: Platform["place"] = () =>
  Promise.resolve({
    deno: "2.9.6+browser",
    folder: notebookFolder,
    course: courseFolder,
  });

export const inspect: Platform["inspect"] = (value) => inspectValue(value);

/** Beside the bundle. */
export const tfjsFolder: Platform["tfjsFolder"] = () =>
  new URL("./tfjs/", import.meta.url).href;

export const quietDrivers: Platform["quietDrivers"] = () => {};

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ n >>> 1 : n >>> 1;
  return n;
});

export const crc32: Platform["crc32"] = (bytes) => {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ sum >>> 8;
  return ~sum >>> 0;
};

export const deflate: Platform["deflate"] = (bytes) =>
  zlibSync(bytes, { level: 9 });

export const inflate: Platform["inflate"] = (bytes, most) => {
  const all = unzlibSync(bytes);
  if (all.length <= most) return all;
  throw Object.assign(new RangeError(`more than ${most} bytes`), {
    code: "ERR_BUFFER_TOO_LARGE",
  });
};

export const gunzip: Platform["gunzip"] = (bytes) =>
  Promise.resolve(gunzipSync(bytes) as Uint8Array<ArrayBuffer>);

/** Threads need memory that a page may not share on a host without headers of its own. */
export const Worker = class {
  constructor() {
    throw new Error("a page in the browser computes on one thread");
  }
} as unknown as Platform["Worker"];
