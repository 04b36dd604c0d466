/**
 * All that the library asks of the system it runs on: files, zlib, threads, the
 * notebook. Everything else of it runs in a browser as it is; there this file
 * alone is another one, `tools/site/lite/platform.ts`.
 *
 * @module
 */
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { MimeBundle } from "./displayable.ts";

export { Worker } from "node:worker_threads";

/** What a kernel offers to show things. */
export interface Jupyter {
  display(
    bundle: MimeBundle,
    options: { raw: true; display_id?: string; update?: boolean },
  ): Promise<void>;
}

/** The kernel's display functions, or undefined outside a notebook. */
export function jupyter(): Jupyter | undefined {
  const runtime = globalThis as unknown as { Deno?: { jupyter?: Jupyter } };
  try {
    return runtime.Deno?.jupyter;
  } catch {
    return undefined; // outside a kernel the property throws; that is the answer
  }
}

/** Calls `listener` at the signal that a stop button may send, until the result is called. */
export function onInterrupt(listener: () => void): () => void {
  Deno.addSignalListener("SIGINT", listener);
  return () => Deno.removeSignalListener("SIGINT", listener);
}

/** The folder `data/` of the course, as a URL that ends in a slash. */
export const dataFolder: URL = new URL("../../data/", import.meta.url);

/** Errors of the file system; in Node, which reads no files of the course, there are none. */
export const errors: typeof Deno.errors = globalThis.Deno?.errors;

/** The bytes of a file. */
export function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(path);
}

/** What stands at a path: undefined for nothing, or nothing that may be looked at. */
export async function kindAt(
  path: string,
): Promise<"file" | "folder" | undefined> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info && (info.isDirectory ? "folder" : "file");
}

/** Writes a file under another name and then renames it: it is whole, or the old one. */
export async function writeFile(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const written = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeFile(written, bytes);
    await Deno.rename(written, path);
  } catch (error) {
    // what went wrong first is told, also where there is nothing to remove
    await Deno.remove(written).catch(() => {});
    throw error;
  }
}

/** Where this runs: the version of Deno, the folder of the notebook and the course's. */
export async function place(): Promise<
  { deno: string; folder: string; course: string }
> {
  return {
    deno: Deno.version.deno,
    folder: await Deno.realPath(Deno.cwd()),
    course: await Deno.realPath(fileURLToPath(new URL("..", dataFolder))),
  };
}

/** A value as its source would look, without colours. */
export function inspect(value: unknown): string {
  return Deno.inspect(value, { colors: false, depth: 4, iterableLimit: 20 });
}

/** The folder of TensorFlow.js's .wasm files, with a slash, wherever the notebook runs. */
export function tfjsFolder(): string {
  const name = "@tensorflow/tfjs-backend-wasm";
  const entry = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  const file = entry.startsWith("file:")
    ? fileURLToPath(entry)
    : createRequire(import.meta.url).resolve(name);
  return `${dirname(file)}/`;
}

/** Keeps graphics drivers from writing to stderr. */
export function quietDrivers(): void {
  // Mesa's drivers write a notice where this is not set.
  if (process.platform === "linux") process.env.XDG_RUNTIME_DIR ??= tmpdir();
}

/** CRC-32 as PNG and zip have it. */
export const crc32 = (bytes: Uint8Array): number => zlib.crc32(bytes);

/** Bytes in zlib's format, packed as tightly as it can. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return zlib.deflateSync(bytes, { level: 9 });
}

/**
 * Unpacks zlib's format.
 *
 * @throws {Error} Damaged data, or more than `most` bytes of it.
 */
export function inflate(bytes: Uint8Array, most: number): Uint8Array {
  return zlib.inflateSync(bytes, { maxOutputLength: most });
}

/**
 * Unpacks gzip's format. By zlib and not DecompressionStream, which refuses files
 * of several members and zeros behind the end, both of which gunzip reads.
 */
export async function gunzip(
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, length } = await promisify<
    Uint8Array,
    Uint8Array
  >(zlib.gunzip)(bytes);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
