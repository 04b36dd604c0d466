/**
 * The IDX format of the MNIST files: a magic number, the axis lengths, the
 * values.
 *
 * Bytes 0 and 1 of the magic number are 0, byte 2 names the type of the values
 * (8: unsigned byte), byte 3 counts the axes. Each length has 4 bytes, the
 * highest first. Description: http://yann.lecun.com/exdb/mnist/ (archived).
 */
import { settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { shapeText } from "../base/tensor.ts";
import { gunzip } from "../kernel/platform.ts";
import { pathOf, readBytes } from "./files.ts";

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
  const axes = axesOf("decodeIdx", options);
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `decodeIdx() expects a Uint8Array but found ${
        shown(bytes)
      }: read the file with Deno.readFile(), or with readIdx()`,
    );
  }
  return decode("decodeIdx() expects", new Uint8Array(bytes), axes);
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
  const bytes = await readBytes(path, "readIdx");
  const whole = isGzip(bytes) ? await unpack(bytes, path) : bytes;
  return decode(`readIdx() expects in ${path}`, whole, axes);
}

/** The number of axes that is asked for, if one is. */
function axesOf(fn: string, options: IdxOptions): number | undefined {
  const { axes } = settle(fn, options, { axes: undefined });
  if (axes === undefined) return undefined;
  checkRange(fn, "axes as a whole number", axes, {
    from: 1,
    to: 255,
    whole: true,
    remedy: "1 for labels, 3 or 4 for images, or leave it out",
  });
  return axes;
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The decompressed file. */
async function unpack(bytes: Uint8Array<ArrayBuffer>, path: string) {
  try {
    return await gunzip(bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new TypeError(
      `readIdx() expects whole gzip data in ${path} but found it damaged or truncated (${message}): restore the file from the repository`,
      { cause: error },
    );
  }
}

/** A header that claims more than 2 GiB is damaged; no data set here is near. */
const MOST_BYTES = 2 ** 31;

/** Shape and values; the values stay where they lie in the bytes. */
function decode(
  expects: string,
  bytes: Uint8Array,
  axes: number | undefined,
): IdxArray {
  const found = bytes.length;
  if (found >= 4) checkMagic(bytes, expects, axes);
  const start = 4 + 4 * bytes[3];
  if (!(found >= start)) {
    throw new TypeError(
      `${expects} a header of ${
        found < 4 ? "at least 8" : start
      } bytes but found ${found} bytes: the file is truncated`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from(
    { length: bytes[3] },
    (_, axis) => view.getUint32(4 + 4 * axis),
  );
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > MOST_BYTES) {
    throw new TypeError(
      `${expects} at most ${MOST_BYTES} values but found the shape ${
        shapeText(shape)
      } in the header: the file is damaged`,
    );
  }
  const data = bytes.subarray(start), more = data.length - size;
  if (more === 0) return { shape, data };
  throw new TypeError(
    `${expects} ${size} values for the shape ${
      shapeText(shape)
    } but found ${data.length}: ${
      more < 0
        ? "the file is truncated"
        : `${more} trailing bytes follow the end`
    }`,
  );
}

const TYPES: Record<number, string> = {
  0x09: "signed byte",
  0x0b: "16-bit integer",
  0x0c: "32-bit integer",
  0x0d: "32-bit float",
  0x0e: "64-bit float",
};

const hex = (bytes: ArrayLike<number>) =>
  "0x" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** Throws unless the first four bytes announce unsigned bytes with the right axes. */
function checkMagic(
  bytes: Uint8Array,
  expects: string,
  axes: number | undefined,
): void {
  const magic = bytes.subarray(0, 4);
  const wanted = axes ? hex([0, 0, 8, axes]) : `${hex([0, 0, 8])}NN`;
  const fail = (reason: string): never => {
    throw new TypeError(
      `${expects} the magic number ${wanted} but found ${
        hex(magic)
      }: ${reason}`,
    );
  };
  if (magic[0] !== 0 || magic[1] !== 0) {
    const remedy = expects.startsWith("readIdx")
      ? ", it is gzip-compressed twice; unpack it once"
      : ", it is gzip-compressed; read it with readIdx()";
    fail(`this is no IDX file${isGzip(magic) ? remedy : ""}`);
  }
  if (magic[2] !== 8) {
    const type = TYPES[magic[2]] ?? "unknown";
    fail(
      `the type of its values is ${type} (${
        hex([magic[2]])
      }), only unsigned bytes (0x08) are read`,
    );
  }
  if (magic[3] === 0 || (axes && magic[3] !== axes)) {
    const not = axes ? `, not ${axes}; are images and labels swapped?` : "";
    fail(`the file has ${magic[3]} axes${not}`);
  }
}
