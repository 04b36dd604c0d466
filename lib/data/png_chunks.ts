/** The chunks of a PNG file: what they say, and whether they are whole and in place. */
import { crc32 } from "../kernel/platform.ts";

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
/** The colour type whose pixels are places in the palette. */
export const INDEXED = 3;

/** Longest side that the format allows. */
const MOST_PIXELS = 2 ** 31 - 1;

/** Size and kind of the pixels. */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits a value. */
  readonly depth: number;
  readonly type: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

/** The chunks that decide about pixels. */
export interface Chunks {
  header: Header;
  palette?: Uint8Array;
  /** Opacity of the first entries of the palette. */
  opacity?: Uint8Array;
  /** The compressed rows. */
  packed: Uint8Array[];
}

/** Says what is wrong with the file, and throws. */
export type Fail = (reason: string, cause?: unknown) => never;

/** Walks through the chunks; each must be whole, and where it belongs. */
export function readChunks(bytes: Uint8Array, fail: Fail): Chunks {
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
  if (width === 0 || height === 0 || Math.max(width, height) > MOST_PIXELS) {
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
