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
import { show } from "../tensor.ts";
import { openFile, pathOf } from "./files.ts";

/** The values of an IDX file of unsigned bytes, in row-major order. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** What {@linkcode decodeIdx} and {@linkcode readIdx} check beyond the format. */
export interface IdxOptions {
  /** Number of axes that the file must have: 1 for labels, 3 or 4 for images. */
  axes?: number;
}

const TYPES: Record<number, string> = {
  0x09: "signed byte",
  0x0b: "16-bit integer",
  0x0c: "32-bit integer",
  0x0d: "32-bit float",
  0x0e: "64-bit float",
};

/** Deflate cannot pack tighter, so a larger claim means a damaged header. */
const MOST_BYTES = 2 ** 31;

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

/** Takes a file in pieces of any length; `finish` checks that it was whole. */
function idxDecoder(expects: string, options: IdxOptions) {
  let header = new Uint8Array(0); // magic number and lengths, as far as read
  let shape: number[] | undefined;
  let data = new Uint8Array(0);
  let found = 0; // values so far, also those beyond the end
  return {
    push(chunk: Uint8Array): void {
      if (!shape) {
        const joined = new Uint8Array(header.length + chunk.length);
        joined.set(header);
        joined.set(chunk, header.length);
        if (joined.length >= 4) checkMagic(joined, expects, options);
        const start = 4 + 4 * joined[3];
        if (joined.length < 4 || joined.length < start) {
          header = joined;
          return;
        }
        shape = lengths(joined, start);
        data = new Uint8Array(valuesOf(shape, expects));
        chunk = joined.subarray(start);
      }
      const room = Math.max(0, data.length - found);
      data.set(
        chunk.length > room ? chunk.subarray(0, room) : chunk,
        found > data.length ? data.length : found,
      );
      found += chunk.length;
    },
    finish(): IdxArray {
      if (!shape) {
        throw new TypeError(
          `${expects} a header of ${
            header.length < 4 ? "at least 8" : 4 + 4 * header[3]
          } bytes but found ${header.length} bytes: the file is truncated`,
        );
      }
      if (found !== data.length) {
        throw new TypeError(
          `${expects} ${data.length} values for the shape ${
            show(shape)
          } but found ${found}: ${
            found < data.length
              ? "the file is truncated"
              : `${found - data.length} trailing bytes follow the end`
          }`,
        );
      }
      return { shape, data };
    },
  };
}

/** Throws unless the first four bytes announce unsigned bytes with the right axes. */
function checkMagic(
  bytes: Uint8Array,
  expects: string,
  { axes }: IdxOptions,
): void {
  const hex = (magic: ArrayLike<number>) =>
    "0x" + Array.from(magic, (b) => b.toString(16).padStart(2, "0")).join("");
  const magic = bytes.subarray(0, 4);
  const wanted = hex([0, 0, 8, axes ?? 0]).slice(0, axes ? 10 : 8);
  const but = `${expects} the magic number ${wanted}${
    axes ? "" : "NN"
  } but found ${hex(magic)}`;
  if (magic[0] !== 0 || magic[1] !== 0) {
    throw new TypeError(
      `${but}: this is no IDX file${
        magic[0] === 0x1f && magic[1] === 0x8b
          ? ", it is gzip-compressed; read it with readIdx() under a name that ends in .gz"
          : ""
      }`,
    );
  }
  if (magic[2] !== 8) {
    throw new TypeError(
      `${but}: the type of its values is ${TYPES[magic[2]] ?? "unknown"} (0x${
        magic[2].toString(16).padStart(2, "0")
      }), only unsigned bytes (0x08) are read`,
    );
  }
  if (magic[3] === 0 || (axes && magic[3] !== axes)) {
    throw new TypeError(
      `${but}: the file has ${magic[3]} axes${
        axes ? `, not ${axes}; are images and labels swapped?` : ""
      }`,
    );
  }
}

/** The axis lengths between the magic number and `end`. */
function lengths(bytes: Uint8Array, end: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const shape: number[] = [];
  for (let at = 4; at < end; at += 4) shape.push(view.getUint32(at));
  return shape;
}

/** Number of values of a shape; a header that claims gigabytes is refused. */
function valuesOf(shape: readonly number[], expects: string): number {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > MOST_BYTES) {
    throw new TypeError(
      `${expects} at most ${MOST_BYTES} values but found the shape ${
        show(shape)
      } in the header: the file is damaged`,
    );
  }
  return size;
}
