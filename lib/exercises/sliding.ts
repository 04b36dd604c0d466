/**
 * A sliding window whose every number can be set wrong on purpose: what the
 * usual mistakes in convolution and pooling compute.
 *
 * @module
 */
import type { Tensor } from "../base/tensor.ts";
import { outputLength, type Padding, paddingAmounts } from "../layers/mod.ts";

/** Where the window stands: numbers that may be right or wrong. */
export interface Grid {
  readonly stride: number;
  readonly dilation: number;
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** How a window slides; what is left out is 1 and "valid". */
export interface Sliding {
  readonly strides?: number;
  readonly padding?: Padding;
  readonly dilations?: number;
}

/** The right grid of a window [KH, KW] on images [N, H, W, C]. */
export function gridOf(
  shape: readonly number[],
  [kh, kw]: readonly number[],
  { strides: stride = 1, padding = "valid", dilations: dilation = 1 }: Sliding,
): Grid {
  const rows = { size: kh, stride, padding, dilation };
  const columns = { size: kw, stride, padding, dilation };
  return {
    stride,
    dilation,
    top: paddingAmounts(shape[1], rows).before,
    left: paddingAmounts(shape[2], columns).before,
    outHeight: outputLength(shape[1], rows),
    outWidth: outputLength(shape[2], columns),
  };
}

/** One place of the window and one pixel below it. */
export interface Visit {
  n: number;
  oy: number;
  ox: number;
  ky: number;
  kx: number;
  /** The pixel; outside the image when it lies in the padding. */
  iy: number;
  ix: number;
  inside: boolean;
}

/** Visits every place of the window and every pixel below it, row by row. */
export function slide(
  shape: readonly number[],
  [kh, kw]: readonly number[],
  grid: Grid,
  visit: (at: Visit) => void,
): void {
  const [images, height, width] = shape;
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < grid.outHeight; oy++) {
      for (let ox = 0; ox < grid.outWidth; ox++) {
        for (let ky = 0; ky < kh; ky++) {
          for (let kx = 0; kx < kw; kx++) {
            const iy = oy * grid.stride + ky * grid.dilation - grid.top;
            const ix = ox * grid.stride + kx * grid.dilation - grid.left;
            const inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
            visit({ n, oy, ox, ky, kx, iy, ix, inside });
          }
        }
      }
    }
  }
}

/** Place of a value in a tensor with four axes. */
export function offset(
  { shape }: Tensor,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
}
