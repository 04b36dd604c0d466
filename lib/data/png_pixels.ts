/** The pixels of a PNG file: decompressed, unfiltered, and put in their places. */
import { joinBytes } from "../base/bytes.ts";
import { inflate } from "../kernel/platform.ts";
import type { Fail, Header } from "./png_chunks.ts";

/** Adam7: first column, first row, and the steps to the next, for each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** More decompressed bytes than one buffer holds are refused. */
const MOST_BYTES = 2 ** 31 - 1;

/** The values of all pixels, row by row, as the file has them. */
export function unpack(
  header: Header,
  packed: Uint8Array[],
  fail: Fail,
): Uint16Array {
  const { width, height, depth, channels, interlaced } = header;
  const passes = (interlaced ? ADAM7 : [[0, 0, 1, 1]])
    .map(([left, top, stepX, stepY]) => {
      const columns = Math.ceil((width - left) / stepX);
      const rows = columns > 0 ? Math.ceil((height - top) / stepY) : 0;
      const bytes = Math.ceil(columns * channels * depth / 8);
      return { left, top, stepX, stepY, columns, rows, bytes };
    });
  const size = passes.reduce((sum, p) => sum + p.rows * (1 + p.bytes), 0);
  const raw = unpackRows(packed, size, fail);
  const values = new Uint16Array(width * height * channels);
  // a byte is filtered by the same byte of the pixel before it
  const pixel = Math.max(1, channels * depth / 8);
  let at = 0;
  for (const { left, top, stepX, stepY, columns, rows, bytes } of passes) {
    let above: Uint8Array = new Uint8Array(bytes);
    for (let row = 0; row < rows; row++) {
      const line = raw.subarray(at + 1, at + 1 + bytes);
      if (!unfilter(raw[at], line, above, pixel)) {
        fail(`a row has the filter ${raw[at]}: it is damaged`);
      }
      for (let column = 0; column < columns; column++) {
        const to = (top + row * stepY) * width + left + column * stepX;
        for (let c = 0; c < channels; c++) {
          values[to * channels + c] = valueAt(
            line,
            column * channels + c,
            depth,
          );
        }
      }
      above = line;
      at += 1 + bytes;
    }
  }
  return values;
}

/** The decompressed rows, which must be of the size that the header says. */
function unpackRows(
  packed: Uint8Array[],
  size: number,
  fail: Fail,
): Uint8Array {
  if (size > MOST_BYTES) fail(`its header says ${size} bytes of pixels`);
  let raw: Uint8Array;
  try {
    raw = inflate(joinBytes(packed), size);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === "ERR_BUFFER_TOO_LARGE") {
      return fail(`it holds more than the ${size} bytes of its size`, error);
    }
    return fail(`its pixels cannot be decompressed: ${message}`, error);
  }
  if (raw.length !== size) {
    fail(`it holds ${raw.length} bytes of pixels instead of ${size}`);
  }
  return raw;
}

/** Undoes a row's filter in place; false where there is no such filter. */
function unfilter(
  filter: number,
  line: Uint8Array,
  above: Uint8Array,
  pixel: number,
): boolean {
  for (let i = 0; filter !== 0 && i < line.length; i++) {
    const a = i < pixel ? 0 : line[i - pixel], b = above[i];
    if (filter === 1) line[i] += a;
    else if (filter === 2) line[i] += b;
    else if (filter === 3) line[i] += (a + b) >> 1;
    else if (filter === 4) {
      line[i] += nearest(a, b, i < pixel ? 0 : above[i - pixel]);
    } else return false;
  }
  return true;
}

/** Paeth's guess: of left, above and corner the one nearest to a + b - c. */
function nearest(a: number, b: number, c: number): number {
  const toA = Math.abs(b - c), toB = Math.abs(a - c);
  const toC = Math.abs(a + b - 2 * c);
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

/** Value number `i` of a row, each of `depth` bits, the highest first. */
function valueAt(line: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return line[i];
  if (depth === 16) return line[2 * i] << 8 | line[2 * i + 1];
  const bit = i * depth;
  return line[bit >> 3] >> (8 - depth - bit % 8) & (2 ** depth - 1);
}
