/** Moving pixels: shift, permute, crop, flip. No value changes, only places. */
import { checkTensor } from "../base/check.ts";
import { checkWord, settle, shown } from "../base/options.ts";
import { allocate, shapeText, type Tensor } from "../base/tensor.ts";
import { checkList } from "../base/arguments.ts";

/** The four axis lengths of images; anything but four axes is an error. */
export function imageShape(
  images: Tensor,
  caller: string,
): readonly [number, number, number, number] {
  checkTensor(caller, "images", images);
  if (images.shape.length !== 4) {
    throw new TypeError(
      `${caller}() expects images [N, H, W, C] but found ${
        shapeText(images.shape)
      }: add the missing axes with reshape()`,
    );
  }
  const [n, height, width, channels] = images.shape;
  return [n, height, width, channels];
}

/** Copies whole pixels: `source(y, x)` gives the row-major place to take, or -1. */
function movePixels(
  images: Tensor,
  [height, width]: readonly [number, number],
  source: (y: number, x: number) => number,
  fill = 0,
): Tensor {
  const [n, fromHeight, fromWidth, channels] = images.shape;
  const data = allocate(n * height * width * channels, images.data);
  const places = Int32Array.from(
    { length: height * width },
    (_, i) => source(Math.floor(i / width), i % width),
  );
  const from = images.data;
  const imageSize = fromHeight * fromWidth * channels;
  for (let image = 0, to = 0; image < n; image++) {
    for (const place of places) {
      const start = image * imageSize + place * channels;
      for (let c = 0; c < channels; c++) {
        data[to++] = place < 0 ? fill : from[start + c];
      }
    }
  }
  return { shape: [n, height, width, channels], data };
}

/**
 * Moves every image by whole pixels; what leaves is lost, zeros move in.
 *
 * @param images [N, H, W, C].
 * @param dx Pixels to the right; to the left when negative.
 * @param dy Pixels down; up when negative.
 * @param options `fill`: the value that moves in, 0 unless told.
 * @returns [N, H, W, C], a copy; a move farther than the image leaves the fill alone.
 * @throws {RangeError} A move that is no whole number; a fill that is no number.
 * @throws {TypeError} No images; an unknown option.
 *
 * @example
 * ```ts
 * import { shiftImages, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * assertEquals([...shiftImages(image, 1, 0).data], [0, 1, 0, 3]);
 * ```
 */
export function shiftImages(
  images: Tensor,
  dx: number,
  dy: number,
  options: { fill?: number } = {},
): Tensor {
  const { fill } = settle("shiftImages", options, { fill: 0 });
  if (!Number.isFinite(fill)) {
    throw new RangeError(
      `shiftImages() expects a number as the fill but found ${
        shown(fill)
      }: 0 is the value of paper`,
    );
  }
  for (const [name, value] of Object.entries({ dx, dy })) {
    if (Number.isInteger(value)) continue;
    throw new RangeError(
      `shiftImages() expects a whole number of pixels for ${name} but found ${
        shown(value)
      }: round it`,
    );
  }
  const [, height, width] = imageShape(images, "shiftImages");
  const inside = (y: number, x: number) =>
    y >= 0 && y < height && x >= 0 && x < width;
  const source = (y: number, x: number) =>
    inside(y - dy, x - dx) ? (y - dy) * width + x - dx : -1;
  return movePixels(images, [height, width], source, fill);
}

/**
 * Puts the pixels of every image in one other order: place i of the result
 * holds pixel `order[i]`. The channels of a pixel stay together.
 *
 * @param images [N, H, W, C].
 * @param order Each of 0 to H * W - 1 once, such as `permutation(H * W, seed)`.
 * @returns [N, H, W, C], a copy.
 * @throws {RangeError} An order that is no permutation of the pixels.
 *
 * @example
 * ```ts
 * import { permutePixels, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor([10, 20, 30, 40], [1, 2, 2, 1]);
 * assertEquals([...permutePixels(image, [3, 0, 1, 2]).data], [40, 10, 20, 30]);
 * ```
 */
export function permutePixels(
  images: Tensor,
  order: ArrayLike<number>,
): Tensor {
  const [, height, width] = imageShape(images, "permutePixels");
  const pixels = height * width;
  checkList("permutePixels", "places", order);
  const seen = new Set(Array.from(order));
  const valid = (i: number) => Number.isInteger(i) && i >= 0 && i < pixels;
  if (
    order.length !== pixels || seen.size !== pixels || ![...seen].every(valid)
  ) {
    throw new RangeError(
      `permutePixels() expects each of 0 to ${pixels - 1} once for images ${
        shapeText(images.shape)
      } but found ${order.length} places with ${seen.size} different values: make the order with permutation(${pixels}, seed)`,
    );
  }
  return movePixels(images, [height, width], (y, x) => order[y * width + x]);
}

/** A rectangle of pixels; `top` and `left` are 0 unless told. */
export interface Rectangle {
  top?: number;
  left?: number;
  height: number;
  width: number;
}

/**
 * Cuts the same rectangle out of every image.
 *
 * @param images [N, H, W, C].
 * @returns [N, height, width, C], a copy.
 * @throws {RangeError} A rectangle that does not lie inside the image.
 * @throws {TypeError} No images; an unknown field of the rectangle.
 *
 * @example
 * ```ts
 * import { cropImages, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * assertEquals(
 *   [...cropImages(image, { left: 1, height: 2, width: 1 }).data],
 *   [2, 4],
 * );
 * ```
 */
export function cropImages(images: Tensor, rectangle: Rectangle): Tensor {
  const { top, left, height, width } = settle("cropImages", rectangle, {
    top: 0,
    left: 0,
    height: undefined,
    width: undefined,
  });
  const [, fullHeight, fullWidth] = imageShape(images, "cropImages");
  const fits = (start: number, length: number, full: number) =>
    Number.isInteger(start) && Number.isInteger(length) &&
    start >= 0 && length >= 1 && start + length <= full;
  if (!fits(top, height, fullHeight) || !fits(left, width, fullWidth)) {
    throw new RangeError(
      `cropImages() expects a rectangle inside ${fullHeight} x ${fullWidth} pixels but found top ${
        shown(top)
      }, left ${shown(left)}, height ${shown(height)}, width ${
        shown(width)
      }: keep top + height and left + width within the image`,
    );
  }
  const source = (y: number, x: number) => (y + top) * fullWidth + x + left;
  return movePixels(images, [height, width], source);
}

/**
 * Mirrors every image: "horizontal" swaps left and right, "vertical" swaps top
 * and bottom.
 *
 * @returns [N, H, W, C], a copy.
 * @throws {TypeError} No images; another direction.
 *
 * @example
 * ```ts
 * import { flipImages, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * assertEquals([...flipImages(image, "horizontal").data], [2, 1, 4, 3]);
 * ```
 */
export function flipImages(
  images: Tensor,
  direction: "horizontal" | "vertical",
): Tensor {
  checkWord("flipImages", "direction", direction, ["horizontal", "vertical"]);
  const [, height, width] = imageShape(images, "flipImages");
  const source = direction === "horizontal"
    ? (y: number, x: number) => y * width + width - 1 - x
    : (y: number, x: number) => (height - 1 - y) * width + x;
  return movePixels(images, [height, width], source);
}
