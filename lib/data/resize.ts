/** Resizing: a weighted mean along each axis, first rows, then columns. */
import { checkWord, settle, shown } from "../base/options.ts";
import {
  allocate,
  shapeText,
  type Tensor,
  type TensorData,
} from "../base/tensor.ts";
import { imageShape } from "./transforms.ts";

/** How {@linkcode resizeImages} makes a new pixel from the old ones. */
export type ResizeMethod = "bilinear" | "area";

/** More do not fit into one array. */
const MOST_VALUES = 2 ** 31;

/** Old places and their weights, which sum to 1, for one new place. */
interface Mix {
  places: number[];
  weights: number[];
}

/**
 * Resizes every image.
 *
 * "bilinear" mixes the two nearest old pixels along each axis (pixel centres
 * at half places, edges repeated): for enlarging. "area" takes the mean of what
 * the new pixel covers: for shrinking, since no old pixel is skipped.
 *
 * @param images [N, H, W, C].
 * @param height New height.
 * @param width New width.
 * @param options `method`: "area" when both axes shrink, else "bilinear".
 * @returns [N, height, width, C], a copy.
 * @throws {RangeError} A size that is no whole number of 1 or more; images without pixels.
 * @throws {TypeError} Another method; an unknown option.
 *
 * @example
 * ```ts
 * import { resizeImages, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor([1, 3, 5, 7], [1, 2, 2, 1]);
 * assertEquals([...resizeImages(image, 1, 1).data], [4]);
 * assertEquals([...resizeImages(image, 2, 4).data.slice(0, 4)], [1, 1.5, 2.5, 3]);
 * ```
 */
export function resizeImages(
  images: Tensor,
  height: number,
  width: number,
  options: { method?: ResizeMethod } = {},
): Tensor {
  const [n, oldHeight, oldWidth, channels] = imageShape(images, "resizeImages");
  for (const length of [height, width]) {
    if (Number.isInteger(length) && length >= 1) continue;
    throw new RangeError(
      `resizeImages() expects a height and width that are whole numbers of 1 or more but found ${
        shown(height)
      } x ${shown(width)}: round them`,
    );
  }
  if (n * height * width * channels > MOST_VALUES) {
    throw new RangeError(
      `resizeImages() expects images of at most ${MOST_VALUES} values but found ${n} of ${height} x ${width} x ${channels}: make them smaller, or fewer at once`,
    );
  }
  const shrinks = height <= oldHeight && width <= oldWidth;
  const { method } = settle("resizeImages", options, {
    method: shrinks ? "area" : "bilinear",
  });
  checkWord("resizeImages", "method", method, ["bilinear", "area"]);
  if (oldHeight === 0 || oldWidth === 0) {
    throw new RangeError(
      `resizeImages() expects images with pixels but found ${
        shapeText(images.shape)
      }: there is nothing to make new pixels from`,
    );
  }
  const down = mixes(oldHeight, height, method);
  const across = mixes(oldWidth, width, method);
  const row = oldWidth * channels;
  const rows = mixAxis(images.data, [n, oldHeight, row], down);
  const data = mixAxis(rows, [n * height, oldWidth, channels], across);
  return { shape: [n, height, width, channels], data };
}

/** Mixes the middle axis of [outer, old, inner]. */
function mixAxis(
  x: TensorData,
  [outer, old, inner]: readonly number[],
  table: readonly Mix[],
): TensorData {
  const data = allocate(outer * table.length * inner, x);
  for (let o = 0; o < outer; o++) {
    table.forEach(({ places, weights }, at) => {
      const to = (o * table.length + at) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < places.length; k++) {
          sum += weights[k] * x[(o * old + places[k]) * inner + i];
        }
        data[to + i] = sum;
      }
    });
  }
  return data;
}

/** What each new place of one axis is mixed from. */
function mixes(old: number, length: number, method: ResizeMethod): Mix[] {
  const step = old / length; // old pixels a new one
  return Array.from({ length }, (_, at) => {
    if (method === "bilinear") {
      const centre = Math.min(Math.max((at + 0.5) * step - 0.5, 0), old - 1);
      const first = Math.floor(centre);
      const second = Math.min(first + 1, old - 1);
      const weight = centre - first;
      return { places: [first, second], weights: [1 - weight, weight] };
    }
    const start = at * step;
    const end = Math.min((at + 1) * step, old);
    const mix: Mix = { places: [], weights: [] };
    for (let place = Math.floor(start); place < end; place++) {
      const covered = Math.min(place + 1, end) - Math.max(place, start);
      mix.places.push(place);
      mix.weights.push(covered / (end - start));
    }
    return mix;
  });
}
