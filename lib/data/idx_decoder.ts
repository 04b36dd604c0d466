/**
 * Decoding IDX piece by piece: the header first, then the values, each byte
 * copied once.
 *
 * @module
 */
import { settle, shown } from "../base/options.ts";
import { shapeText } from "../base/tensor.ts";

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

/** A header that claims more than 2 GiB is damaged; no data set here is near. */
const MOST_BYTES = 2 ** 31;

/** The number of axes that is asked for, if one is. */
export function axesOf(fn: string, options: IdxOptions): number | undefined {
  const { axes } = settle(fn, options, { axes: undefined });
  if (axes === undefined) return undefined;
  if (Number.isInteger(axes) && axes >= 1 && axes <= 255) return axes;
  throw new RangeError(
    `${fn}() expects axes as a whole number from 1 to 255 but found ${
      shown(axes)
    }: 1 for labels, 3 or 4 for images, or leave it out`,
  );
}

/** Takes a file in pieces of any length; `finish` checks that it was whole. */
export function idxDecoder(expects: string, axes: number | undefined) {
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
        if (joined.length >= 4) checkMagic(joined, expects, axes);
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
      if (room > 0) data.set(chunk.subarray(0, room), found);
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
            shapeText(shape)
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
  axes: number | undefined,
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
          ? expects.startsWith("readIdx")
            ? ", it is gzip-compressed twice; unpack it once"
            : ", it is gzip-compressed; read it with readIdx()"
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
        shapeText(shape)
      } in the header: the file is damaged`,
    );
  }
  return size;
}
