/** Images as PNG data URIs, and the form that image functions expect. */
import { encode } from "fast-png";
import { show as shapeText, type Tensor } from "../tensor.ts";

/** Names of a batch of images: how many, how high, how wide, how many channels. */
export interface ImageSizes {
  count: number;
  height: number;
  width: number;
  channels: number;
}

/**
 * Sizes of a batch of images [N, H, W, C] of grey or colour.
 *
 * @throws {TypeError} No batch of images with 1 or 3 channels, or none in it.
 */
export function imageSizes(images: Tensor, name: string): ImageSizes {
  const [count, height, width, channels] = images.shape;
  const fits = images.shape.length === 4 &&
    (channels === 1 || channels === 3) && count > 0 && height > 0 && width > 0;
  if (!fits) {
    throw new TypeError(
      `${name}() expects images [N, H, W, C] with 1 or 3 channels but found ${
        shapeText(images.shape)
      }: reshape one grey image [H, W] to [1, H, W, 1], and look at feature maps with featureMaps()`,
    );
  }
  return { count, height, width, channels };
}

/** A picture of 8-bit values as a PNG data URI. */
export function pngUri(
  data: Uint8Array,
  width: number,
  height: number,
  channels: number,
): string {
  const bytes = encode({ width, height, data, channels, depth: 8 });
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return `data:image/png;base64,${btoa(text)}`;
}

/** A brightness from 0 to 1 as a byte; outside it is cut off. */
export function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
