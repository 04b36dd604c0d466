/**
 * PNG photos as tensors.
 *
 * @module
 */
import { convertIndexedToRgb, decode } from "fast-png";
import type { Tensor } from "../tensor.ts";
import { dataFolder, pathOf, readBytes } from "./files.ts";

const PHOTOS = ["camera", "chelsea", "coffee"] as const;

/** The photos of the course. */
export type PhotoName = typeof PHOTOS[number];

/**
 * Loads one of the photos: `camera` (512 x 512, grey), `chelsea` (a cat, 300 x
 * 451, colour) or `coffee` (400 x 600, colour).
 *
 * @returns The photo [1, H, W, C] from 0 (black) to 1, C = 1 or 3.
 * @throws {RangeError} Another name.
 *
 * @example
 * ```ts
 * import { loadPhoto } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await loadPhoto("chelsea")).shape, [1, 300, 451, 3]);
 * ```
 */
export async function loadPhoto(name: PhotoName): Promise<Tensor> {
  if (!PHOTOS.includes(name)) {
    throw new RangeError(
      `loadPhoto() expects "${PHOTOS.join('", "')}" but found ${
        JSON.stringify(name)
      }: choose one of these, or read your own file with readPng()`,
    );
  }
  return await readPng(new URL(`photos/${name}.png`, dataFolder));
}

/**
 * Reads a PNG file of grey or colour pixels, with 8 or 16 bits a channel.
 *
 * @param file Path or file URL.
 * @returns The image [1, H, W, C] from 0 to 1; C as in the file: 1 grey, 2 grey
 * and opacity, 3 colour, 4 colour and opacity. A palette is resolved to colour.
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
  const bytes = await readBytes(file, "readPng");
  return decodePng(bytes, pathOf(file));
}

/** Decodes a PNG in memory; `path` names it in messages. */
function decodePng(bytes: Uint8Array, path: string): Tensor {
  let png;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new TypeError(
      `readPng() expects a whole PNG file in ${path} but could not decode it (${
        error instanceof Error ? error.message : error
      }): save the picture as PNG again`,
      { cause: error },
    );
  }
  if (png.depth < 8 && !png.palette) {
    throw new TypeError(
      `readPng() expects 8 or 16 bits a channel in ${path} but found ${png.depth}: save the picture with 8 bits`,
    );
  }
  const { width, height, palette } = png;
  const values = palette ? convertIndexedToRgb(png) : png.data;
  const channels = values.length / (width * height);
  const most = palette ? 255 : 2 ** png.depth - 1;
  return {
    shape: [1, height, width, channels],
    data: Float32Array.from(values, (value) => value / most),
  };
}
