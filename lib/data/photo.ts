/** PNG photos as tensors. */
import { shown } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { dataFolder } from "./files.ts";
import { readPng } from "./png.ts";

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
