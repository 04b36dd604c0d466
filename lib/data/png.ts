/**
 * The PNG format. What the pixels mean stands in the header alone: a palette is
 * looked up in colour type 3 and is only a suggestion in every other.
 *
 * Description: https://www.w3.org/TR/png-3/
 *
 * @module
 */
import type { Tensor } from "../base/tensor.ts";
import { type Fail, INDEXED, readChunks } from "./png_chunks.ts";
import { unpack } from "./png_pixels.ts";

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
