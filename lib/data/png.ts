/**
 * The PNG format: chunks, compressed rows, filters, interlacing, palettes.
 *
 * What the pixels mean stands in the header alone: a palette is looked up in
 * colour type 3 and is only a suggestion in every other.
 * Description: https://www.w3.org/TR/png-3/
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, inflateSync } from "node:zlib";
import type { Tensor } from "../tensor.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** First bytes of what is often found under a name that ends in .png. */
const OTHERS: [start: number[], kind: string][] = [
  [[0xff, 0xd8, 0xff], "a JPEG"],
  [[0x47, 0x49, 0x46, 0x38], "a GIF"],
  [[0x52, 0x49, 0x46, 0x46], "a WebP"],
  [[0x42, 0x4d], "a BMP"],
  [[0x3c], "an SVG or a web page"],
];

/** Colour types: values a pixel, and the depths that go with them. */
const TYPES: Record<number, { channels: number; depths: number[] }> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] }, // grey
  2: { channels: 3, depths: [8, 16] }, // colour
  3: { channels: 1, depths: [1, 2, 4, 8] }, // places in the palette
  4: { channels: 2, depths: [8, 16] }, // grey and opacity
  6: { channels: 4, depths: [8, 16] }, // colour and opacity
};
const INDEXED = 3;

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

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits a value. */
  readonly depth: number;
  readonly type: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

/** The chunks that decide about pixels. */
interface Chunks {
  header: Header;
  palette?: Uint8Array;
  /** Opacity of the first entries of the palette. */
  opacity?: Uint8Array;
  /** The compressed rows. */
  packed: Uint8Array[];
}

/** Says what is wrong with the file, and throws. */
type Fail = (reason: string, cause?: unknown) => never;

/**
 * Decodes a PNG file in memory.
 *
 * @param path Name of the file, for messages.
 * @returns The image [1, H, W, C] from 0 to 1.
 * @throws {TypeError} No whole PNG file, or grey levels of fewer than 8 bits.
 */
export function decodePng(bytes: Uint8Array, path: string): Tensor {
  const fail: Fail = (reason, cause) => {
    throw new TypeError(
      `readPng() expects a whole PNG file in ${path} but could not decode it (${reason}): save the picture as PNG again`,
      { cause },
    );
  };
  const { header, palette, opacity, packed } = readChunks(bytes, fail);
  const { width, height, depth, type, channels } = header;
  if (type !== INDEXED && depth < 8) {
    throw new TypeError(
      `readPng() expects 8 or 16 bits a channel in ${path} but found ${depth}: save the picture with 8 bits`,
    );
  }
  const values = unpack(header, packed, fail);
  if (type !== INDEXED) {
    const most = 2 ** depth - 1;
    return {
      shape: [1, height, width, channels],
      data: Float32Array.from(values, (value) => value / most),
    };
  }
  return {
    shape: [1, height, width, opacity ? 4 : 3],
    data: lookUp(values, palette!, opacity, fail),
  };
}

/** Walks through the chunks; each must be whole, and where it belongs. */
function readChunks(bytes: Uint8Array, fail: Fail): Chunks {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    const other = OTHERS.find(([start]) =>
      start.every((byte, i) => bytes[i] === byte)
    );
    fail(
      bytes.length === 0
        ? "the file is empty"
        : other
        ? `it is ${other[1]}`
        : "it does not start as a PNG file does",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Partial<Chunks> & Pick<Chunks, "packed"> = { packed: [] };
  for (let at = SIGNATURE.length;;) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : 0;
    const body = at + 8, end = body + length;
    if (end + 4 > bytes.length) fail("it was cut off");
    const name = String.fromCharCode(...bytes.subarray(at + 4, body));
    if (!/^[A-Za-z]{4}$/.test(name)) fail("a chunk has no name: it is damaged");
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      fail(`the check sum of its chunk ${name} is wrong: it is damaged`);
    }
    if (!found.header && name !== "IHDR") {
      fail(`it starts with the chunk ${name} instead of its header IHDR`);
    }
    if (name === "IEND") break;
    takeChunk(name, bytes.subarray(body, end), found, fail);
    at = end + 4;
  }
  const { header, palette, packed } = found;
  if (packed.length === 0) fail("it holds no pixels, no chunk IDAT");
  if (header!.type === INDEXED && !palette) {
    fail("its pixels are places in a palette and there is none, no chunk PLTE");
  }
  return found as Chunks;
}

/** Keeps what a chunk says about the pixels. */
function takeChunk(
  name: string,
  data: Uint8Array,
  found: Partial<Chunks> & Pick<Chunks, "packed">,
  fail: Fail,
): void {
  const indexed = found.header?.type === INDEXED;
  if (name === "IDAT") found.packed.push(data);
  else if (name === "IHDR") {
    if (found.header) fail("it has two headers IHDR");
    found.header = readHeader(data, fail);
  } else if (name === "PLTE" && indexed) {
    if (found.palette || found.packed.length > 0) {
      fail("its palette PLTE comes twice or behind the pixels");
    }
    if (data.length === 0 || data.length % 3 !== 0 || data.length > 3 * 256) {
      fail(
        `its palette PLTE has ${data.length} bytes instead of three for each of 1 to 256 colours`,
      );
    }
    found.palette = data;
  } else if (name === "tRNS" && indexed) {
    if (found.opacity || !found.palette || found.packed.length > 0) {
      fail("its opacities tRNS do not stand once between palette and pixels");
    }
    if (data.length > found.palette!.length / 3) {
      fail(
        `it has ${data.length} opacities for a palette of ${
          found.palette!.length / 3
        } colours`,
      );
    }
    found.opacity = data;
  } else if (/^[A-Z]/.test(name) && name !== "PLTE") {
    // a capital says that the pixels cannot be understood without the chunk
    fail(`it needs the chunk ${name}, which is no part of PNG`);
  }
}

/** Size and kind of the pixels. */
function readHeader(data: Uint8Array, fail: Fail): Header {
  if (data.length !== 13) {
    fail(`its header IHDR has ${data.length} bytes instead of 13`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const width = view.getUint32(0), height = view.getUint32(4);
  const [depth, type, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || Math.max(width, height) > MOST_BYTES) {
    fail(`its header says ${width} x ${height} pixels`);
  }
  if (!TYPES[type]) fail(`its header says colour type ${type}`);
  const { channels, depths } = TYPES[type];
  if (!depths.includes(depth)) {
    fail(`its header says ${depth} bits for colour type ${type}`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    fail(
      `its header says compression ${compression}, filter ${filter}, interlacing ${interlace}`,
    );
  }
  return { width, height, depth, type, channels, interlaced: interlace === 1 };
}

/** The values of all pixels, row by row, as the file has them. */
function unpack(header: Header, packed: Uint8Array[], fail: Fail): Uint16Array {
  const { width, height, depth, channels, interlaced } = header;
  const passes = (interlaced ? ADAM7 : [[0, 0, 1, 1]])
    .map(([left, top, stepX, stepY]) => {
      const columns = Math.ceil((width - left) / stepX);
      const rows = columns > 0 ? Math.ceil((height - top) / stepY) : 0;
      const bytes = Math.ceil(columns * channels * depth / 8);
      return { left, top, stepX, stepY, columns, rows, bytes };
    });
  const size = passes.reduce((sum, p) => sum + p.rows * (1 + p.bytes), 0);
  const raw = inflate(packed, size, fail);
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
function inflate(packed: Uint8Array[], size: number, fail: Fail): Uint8Array {
  if (size > MOST_BYTES) fail(`its header says ${size} bytes of pixels`);
  let raw: Uint8Array;
  try {
    raw = inflateSync(Buffer.concat(packed), { maxOutputLength: size });
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

/** Colours of places in the palette: [..., 3], or [..., 4] with opacities. */
function lookUp(
  places: Uint16Array,
  palette: Uint8Array,
  opacity: Uint8Array | undefined,
  fail: Fail,
): Float32Array {
  const channels = opacity ? 4 : 3, colours = palette.length / 3;
  const data = new Float32Array(places.length * channels);
  places.forEach((place, i) => {
    if (place >= colours) {
      fail(`a pixel has colour ${place} of a palette of ${colours}`);
    }
    for (let c = 0; c < 3; c++) {
      data[i * channels + c] = palette[3 * place + c] / 255;
    }
    // the entries that tRNS leaves out are opaque
    if (opacity) data[i * channels + 3] = (opacity[place] ?? 255) / 255;
  });
  return data;
}
