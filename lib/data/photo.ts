/**
 * PNG photos as tensors.
 *
 * @module
 */
import { shown } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { dataFolder, pathOf, readBytes } from "./files.ts";
import { decodePng } from "./png.ts";

const PHOTOS = ["camera", "chelsea", "coffee"] as const;

/** The photos of the course. */
export type PhotoName = typeof PHOTOS[number];

/**
 * Loads one of the photos: `camera` (512 x 512, grey), `chelsea` (a cat, 300 x
 * 451, colour) or `coffee` (400 x 600, colour).
 *
 * @returns The photo [1, H, W, C] from 0 (black) to 1, C = 1 or 3.
 * @throws {TypeError} Another name.
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
    throw new TypeError(
      `loadPhoto() expects "${PHOTOS.join('", "')}" but found ${
        shown(name)
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
  const bytes = await readBytes(file, "readPng");
  return decodePng(bytes, pathOf(file));
}
