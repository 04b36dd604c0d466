/** Many images painted into one picture. */
import type { Tensor } from "../base/tensor.ts";
import { pngUri } from "./png.ts";
import type { Sheet } from "./sheet.ts";

const glow = [255, 140, 0]; // orange

/** Base64 characters of a picture that leave room for its HTML copy. */
const budget = 430_000;

/**
 * The images on their sheet as a PNG; the paper between them stays see-through.
 *
 * @param overlay Weights from 0 to 1 that glow orange over the images.
 */
export function paint(images: Tensor, sheet: Sheet, overlay?: Tensor): string {
  const [count, height, width, channels] = images.shape;
  const colour = channels === 3 || overlay !== undefined;
  const shades = colour ? 3 : 1;
  const data = new Uint8Array(sheet.width * sheet.height * (shades + 1));
  for (let n = 0; n < count; n++) {
    const start = sheet.top(n) * sheet.width + sheet.left(n);
    for (let i = 0; i < height * width; i++) {
      const pixel = n * height * width + i;
      const to = (shades + 1) *
        (start + Math.floor(i / width) * sheet.width + i % width);
      const weight = overlay ? 0.75 * unit(overlay.data[pixel]) : 0;
      for (let c = 0; c < shades; c++) {
        const from = pixel * channels + (channels === 3 ? c : 0);
        const shade = 255 * unit(images.data[from]);
        data[to + c] = Math.round(shade * (1 - weight) + glow[c] * weight);
      }
      data[to + shades] = 255;
    }
  }
  const kind = colour ? "rgb+alpha" : "grey+alpha";
  const encode = () =>
    pngUri({ kind, width: sheet.width, height: sheet.height, data });
  let uri = encode();
  // A photograph too large for a notebook loses its lowest bits, three at most.
  for (let step = 2; step <= 8 && uri.length > budget; step *= 2) {
    data.forEach((value, i) => {
      if (i % (shades + 1) === shades) return; // opaque as it is
      data[i] = Math.min(255, Math.round(value / step) * step);
    });
    uri = encode();
  }
  return uri;
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
