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
import { openFile, pathOf } from "./files.ts";
import { type IdxArray, idxDecoder, type IdxOptions } from "./idx_decoder.ts";

/**
 * Decodes an IDX file of unsigned bytes that is already in memory.
 *
 * @param bytes The file, not compressed.
 * @param options `axes`: the number of axes that must be found.
 * @returns Shape and values; the values are a copy.
 * @throws {TypeError} Wrong magic number, wrong type of values, other number of
 * axes, truncated file, bytes after the end.
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
  const decoder = idxDecoder("decodeIdx() expects", options);
  decoder.push(bytes);
  return decoder.finish();
}

/**
 * Reads an IDX file of unsigned bytes, plain or gzip-compressed.
 *
 * @param file Path or file URL; a name that ends in `.gz` is decompressed.
 * @param options `axes`: the number of axes that must be found.
 * @throws {Deno.errors.NotFound} No such file; the message holds the path.
 * @throws {TypeError} As {@linkcode decodeIdx}, and for damaged gzip data.
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
  const path = pathOf(file);
  const decoder = idxDecoder(`readIdx() expects in ${path}`, options);
  const bytes = (await openFile(file, "readIdx")).readable;
  if (!path.endsWith(".gz")) {
    for await (const chunk of bytes) decoder.push(chunk);
    return decoder.finish();
  }
  // Decoding chunk by chunk fills the result once: no second copy of 47 MB.
  for await (const chunk of inflate(bytes, path)) decoder.push(chunk);
  return decoder.finish();
}

/** Decompressed chunks; damaged gzip data throws a message with the path. */
async function* inflate(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const reader = bytes.pipeThrough(new DecompressionStream("gzip")).getReader();
  while (true) {
    let part;
    try {
      part = await reader.read();
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
}
