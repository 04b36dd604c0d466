/**
 * The IDX format of the MNIST files: a magic number, the axis lengths, the
 * values.
 *
 * Bytes 0 and 1 of the magic number are 0, byte 2 names the type of the values
 * (8: unsigned byte), byte 3 counts the axes. Each length has 4 bytes, the
 * highest first. Description: http://yann.lecun.com/exdb/mnist/ (archived).
 *
 * @module
 */
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { shown } from "../base/options.ts";
import { openFile, pathOf } from "./files.ts";
import {
  axesOf,
  type IdxArray,
  idxDecoder,
  type IdxOptions,
} from "./idx_decoder.ts";

/**
 * Decodes an IDX file of unsigned bytes that is already in memory.
 *
 * @param bytes The file, not compressed.
 * @param options `axes`: the number of axes that must be found.
 * @returns Shape and values; the values are a copy.
 * @throws {TypeError} Wrong magic number, wrong type of values, other number of
 * axes, truncated file, bytes after the end; an unknown option.
 * @throws {RangeError} A number of axes that no file has.
 *
 * @example
 * ```ts
 * import { decodeIdx } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);
 * assertEquals([...decodeIdx(labels).data], [7, 9]);
 * ```
 */
export function decodeIdx(
  bytes: Uint8Array,
  options: IdxOptions = {},
): IdxArray {
  const decoder = idxDecoder(
    "decodeIdx() expects",
    axesOf("decodeIdx", options),
  );
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `decodeIdx() expects a Uint8Array but found ${
        shown(bytes)
      }: read the file with Deno.readFile(), or with readIdx()`,
    );
  }
  decoder.push(bytes);
  return decoder.finish();
}

/**
 * Reads an IDX file of unsigned bytes, plain or gzip-compressed.
 *
 * @param file Path or file URL; whether it is compressed is seen in its first bytes.
 * @param options `axes`: the number of axes that must be found.
 * @throws {Deno.errors.NotFound} No such file; the message holds the path.
 * @throws {TypeError} As {@linkcode decodeIdx}, and for damaged gzip data.
 * @throws {RangeError} As {@linkcode decodeIdx}.
 *
 * @example
 * ```ts
 * import { dataFolder, readIdx } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new URL("mnist/t10k-labels-idx1-ubyte.gz", dataFolder);
 * assertEquals((await readIdx(file)).shape, [10000]);
 * ```
 */
export async function readIdx(
  file: string | URL,
  options: IdxOptions = {},
): Promise<IdxArray> {
  const axes = axesOf("readIdx", options);
  const path = pathOf(file, "readIdx");
  const decoder = idxDecoder(`readIdx() expects in ${path}`, axes);
  const opened = await openFile(file, "readIdx");
  const start = new Uint8Array(2);
  await opened.read(start);
  await opened.seek(0, Deno.SeekMode.Start);
  // Decoding chunk by chunk fills the result once: no second copy of 47 MB.
  const chunks = start[0] === 0x1f && start[1] === 0x8b
    ? inflate(opened.readable, path)
    : opened.readable;
  for await (const chunk of chunks) decoder.push(chunk);
  return decoder.finish();
}

/**
 * Decompressed chunks; damaged gzip data throws a message with the path.
 *
 * zlib and not DecompressionStream, which refuses files of several members and
 * zeros behind the end, both of which gunzip reads.
 */
async function* inflate(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip();
  // an error of reading ends both streams
  pipeline(bytes, unpacked).catch(() => {});
  const parts = unpacked[Symbol.asyncIterator]();
  try {
    while (true) {
      let part: IteratorResult<Uint8Array>;
      try {
        part = await parts.next();
      } catch (error) {
        throw new TypeError(
          `readIdx() expects whole gzip data in ${path} but found it damaged or truncated (${
            error instanceof Error ? error.message : error
          }): restore the file from the repository`,
          { cause: error },
        );
      }
      if (part.done) return;
      yield part.value;
    }
  } finally {
    await parts.return?.();
  }
}
