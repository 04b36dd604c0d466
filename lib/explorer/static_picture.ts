/**
 * What stands where no script runs: the picture and all maps as one image, and the
 * picture in characters for a page that shows no image either.
 *
 * @module
 */
import type { Tensor } from "../base/tensor.ts";
import { colourAt, diverging } from "../plot/colours.ts";
import { pngUri } from "../plot/png.ts";
import { IMAGE, type OpenNode } from "./graph.ts";

/** Screen pixels of a map's side, at least, and of the whole image. */
const side = 40, widest = 680, gap = 4;

/** 255 colours from the most negative over white to the most positive. */
const scale = Array.from(
  { length: 255 },
  (_, i) => colourAt(diverging, i / 254),
);

/** A sheet of pixels that grows downwards. */
class Canvas {
  readonly #rows: Uint8Array[] = [];
  #top = gap;
  #left = gap;
  #bottom = gap;

  /** Places a picture of `height` x `width` cells; `colour` says each one's. */
  put(
    height: number,
    width: number,
    colour: (row: number, column: number) => readonly number[],
  ): void {
    const scale = Math.max(1, Math.round(side / Math.max(height, width)));
    if (this.#left + width * scale > widest) this.line();
    for (let y = 0; y < height * scale; y++) {
      const line = this.#line(this.#top + y);
      for (let x = 0; x < width * scale && this.#left + x < widest; x++) {
        const pixel = colour(Math.floor(y / scale), Math.floor(x / scale));
        line.set([...pixel, 255], 4 * (this.#left + x));
      }
    }
    this.#left += width * scale + gap;
    this.#bottom = Math.max(this.#bottom, this.#top + height * scale + gap);
  }

  /** A new line of pictures. */
  line(): void {
    this.#left = gap;
    this.#top = this.#bottom;
  }

  #line(y: number): Uint8Array {
    while (this.#rows.length <= y) {
      this.#rows.push(new Uint8Array(4 * widest));
    }
    return this.#rows[y];
  }

  /** The image as a data URI. */
  uri(): string {
    this.#line(this.#bottom - 1);
    const data = new Uint8Array(4 * widest * this.#rows.length);
    this.#rows.forEach((row, y) => data.set(row, 4 * widest * y));
    const height = this.#rows.length;
    return pngUri({ kind: "rgb+alpha", width: widest, height, data });
  }
}

/** Maps that one layer shows at most. */
const mostMaps = 14;

/** The picture, and below it a line of maps for each convolution and pooling. */
export function staticPicture(
  nodes: readonly OpenNode[],
  values: ReadonlyMap<string, Tensor>,
  range: readonly [number, number],
): string {
  const canvas = new Canvas();
  const image = values.get(IMAGE)!;
  const [, height, width, channels] = image.shape;
  const [paper, ink] = range;
  canvas.put(height, width, (row, column) => {
    const at = (row * width + column) * channels;
    return [0, 1, 2].map((c) => {
      const value = image.data[at + (channels >= 3 ? c : 0)];
      return Math.max(0, Math.min(255, 255 * (value - paper) / (ink - paper)));
    });
  });
  for (const { name, shape, window } of nodes) {
    if (shape.length !== 3 || window === undefined) continue;
    const { data } = values.get(name)!;
    let most = 0;
    for (const value of data) most = Math.max(most, Math.abs(value));
    const [height, width, maps] = shape;
    canvas.line();
    for (let map = 0; map < Math.min(maps, mostMaps); map++) {
      canvas.put(height, width, (row, column) => {
        const value = data[(row * width + column) * maps + map];
        return scale[127 + Math.round(127 * value / (most || 1))];
      });
    }
  }
  return canvas.uri();
}

/** A picture [1, H, W, C] in characters, dark ones for ink. */
export function inCharacters(
  { shape: [, height, width, channels], data }: Tensor,
  [paper, ink]: readonly [number, number],
): string {
  const rows = Math.ceil(height / 2); // a letter is twice as high as wide
  const shades = " .:+#@";
  return Array.from(
    { length: rows },
    (_, r) =>
      Array.from({ length: width }, (_, column) => {
        let sum = 0, count = 0;
        for (let row = 2 * r; row < Math.min(height, 2 * r + 2); row++) {
          for (let c = 0; c < channels; c++, count++) {
            sum += data[(row * width + column) * channels + c];
          }
        }
        const shade = (sum / count - paper) / (ink - paper) * shades.length;
        return shades[
          Math.max(0, Math.min(shades.length - 1, Math.floor(shade)))
        ];
      }).join("").trimEnd(),
  ).join("\n");
}
