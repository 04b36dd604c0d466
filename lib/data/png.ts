/**
 * The PNG format. What the pixels mean stands in the header alone: a palette is
 * looked up in colour type 3 and is only a suggestion in every other.
 *
 * Description: https://www.w3.org/TR/png-3/
 */
import type { Tensor } from "../base/tensor.ts";
import { pathOf, readBytes } from "./files.ts";
import { type Fail, INDEXED, readChunks } from "./png_chunks.ts";
import { unpack } from "./png_pixels.ts";

/**
 * Reads a PNG file of grey or colour pixels, with 8 or 16 bits a channel.
 *
 * @param file Path or file URL.
 * @returns The image [1, H, W, C] from 0 to 1; C as in the file: 1 grey, 2 grey
 * and opacity, 3 colour, 4 colour and opacity. A palette is resolved to colour,
 * with opacity where its entries have one; a single grey level or colour that a
 * file declares transparent stays as it is. Of an animation, the still picture.
 * @throws {Deno.errors.NotFound} No such file; the message holds the path.
 * @throws {TypeError} A file that is no whole PNG, or has fewer than 8 bits a channel.
 *
 * @example
 * ```ts
 * import { dataFolder, readPng } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const photo = await readPng(new URL("photos/camera.png", dataFolder));
 * assertEquals(photo.shape, [1, 512, 512, 1]);
 * ```
 */
export async function readPng(file: string | URL): Promise<Tensor> {
  const bytes = await readBytes(file, "readPng"), path = pathOf(file);
  const fail: Fail = (reason, cause) => {
    throw new TypeError(
      `readPng() expects a whole PNG file in ${path} but could not decode it (${reason}): save the picture as PNG again`,
      { cause },
    );
  };
  const { header, palette, opacity, packed } = readChunks(bytes, fail);
  const { width, height, depth, type } = header;
  if (type !== INDEXED && depth < 8) {
    throw new TypeError(
      `readPng() expects 8 or 16 bits a channel in ${path} but found ${depth}: save the picture with 8 bits`,
    );
  }
  const values = unpack(header, packed, fail);
  const most = 2 ** depth - 1;
  const data = type === INDEXED
    ? lookUp(values, palette!, opacity, fail)
    : Float32Array.from(values, (value) => value / most);
  return { shape: [1, height, width, data.length / width / height], data };
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
