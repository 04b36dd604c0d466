/**
 * A pooling window that hands out the pixels below it: what the mistakes in
 * max pooling are made from.
 *
 * @module
 */
import { type Tensor, zeros } from "../base/tensor.ts";
import { type Grid, gridOf, offset, slide, type Sliding } from "./sliding.ts";

/** What a pooling under check gets: numbers, not pairs. */
export interface PoolCase extends Sliding {
  readonly poolSize: number;
  readonly strides: number;
}

/** One pixel below a window: its value and its place in x; -1 in the padding. */
export interface Pixel {
  value: number;
  at: number;
}

/** Hands every window's pixels to `visit`, with the place of its output. */
export function windows(
  x: Tensor,
  { poolSize, ...sliding }: PoolCase,
  visit: (pixels: Pixel[], at: number, y: Tensor) => void,
  grid: Grid = gridOf(x.shape, [poolSize, poolSize], sliding),
): Tensor {
  const y = zeros([x.shape[0], grid.outHeight, grid.outWidth, x.shape[3]]);
  const below: Pixel[][] = Array.from(y.data, () => []);
  slide(x.shape, [poolSize, poolSize], grid, (place) => {
    const { n, oy, ox, iy, ix, inside } = place;
    for (let c = 0; c < x.shape[3]; c++) {
      const at = inside ? offset(x, n, iy, ix, c) : -1;
      below[offset(y, n, oy, ox, c)].push({ value: x.data[at] ?? 0, at });
    }
  });
  below.forEach((pixels, at) => visit(pixels, at, y));
  return y;
}

/** Pooling that combines the pixels inside the image; the grid may be wrong. */
export function pool(
  x: Tensor,
  options: PoolCase,
  combine: (values: number[]) => number = (values) => Math.max(...values),
  grid?: Grid,
): Tensor {
  return windows(x, options, (pixels, at, y) => {
    const inside = pixels.filter((pixel) => pixel.at >= 0);
    // A wrong grid may put a window wholly outside: Math.max() is -Infinity.
    y.data[at] = combine(inside.map((pixel) => pixel.value));
  }, grid);
}

/** How to find a value in NHWC. */
export const nhwc =
  "images are NHWC, so the channels of one pixel are neighbours: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c";
/** How maxima are told apart. */
export const nearTiesRemedy =
  "compare the values as they are, without a tolerance: the larger one is the maximum, by however little";
/** What pooling windows start at. */
export const stridesRemedy =
  "windows start every `strides` pixels, which need not be `poolSize`";
