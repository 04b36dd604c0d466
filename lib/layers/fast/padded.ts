/**
 * Images in float64 with a border of zeros, as wide as the padding.
 *
 * @module
 */
import type { TensorData } from "../../base/tensor.ts";
import type { Conv2dSizes } from "../conv2d_sizes.ts";

/** Pixels in one row with its padding. */
export function paddedWidth(sizes: Conv2dSizes): number {
  return sizes.left + sizes.width + sizes.right;
}

/** Numbers in one image with its padding. */
export function paddedLength(sizes: Conv2dSizes): number {
  const rows = sizes.top + sizes.height + sizes.bottom;
  return rows * paddedWidth(sizes) * sizes.cin;
}

/** Copies `count` images from number `first` into the padded buffer. */
export function loadImages(
  sizes: Conv2dSizes,
  padded: Float64Array,
  x: TensorData,
  first: number,
  count: number,
): void {
  const { height, width, cin } = sizes;
  const row = width * cin;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < height; i++) {
      const from = ((first + n) * height + i) * row;
      padded.set(
        x.subarray(from, from + row),
        paddedRow(sizes, n, i),
      );
    }
  }
}

/** Copies `count` images without their padding out of a padded buffer. */
export function unloadImages(
  sizes: Conv2dSizes,
  padded: Float64Array,
  x: TensorData,
  first: number,
  count: number,
): void {
  const { height, width, cin } = sizes;
  const row = width * cin;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < height; i++) {
      const from = paddedRow(sizes, n, i);
      const to = ((first + n) * height + i) * row;
      x.set(padded.subarray(from, from + row), to);
    }
  }
}

/** Where row i of image n begins in the padded buffer. */
function paddedRow(sizes: Conv2dSizes, n: number, i: number): number {
  return n * paddedLength(sizes) +
    ((sizes.top + i) * paddedWidth(sizes) + sizes.left) * sizes.cin;
}
