/**
 * im2col: a convolution's windows laid out as the rows of a matrix.
 *
 * Row (n, i, j) holds the KH * KW * Cin numbers under the window that makes
 * y[n, i, j]; then the convolution is one matrix product with the kernel. Images
 * go through in chunks that fit the processor's cache, first copied to float64
 * with a border of zeros as wide as the padding, so that no loop asks where the
 * border is.
 *
 * @module
 */
import { room } from "../../base/shape.ts";
import type { TensorData } from "../../base/tensor.ts";
import type { Grid } from "../window.ts";
import { upTo4 } from "./product.ts";

/** All the numbers of one convolution, checked; the grid's channels are Cin. */
export interface Conv2dSizes extends Grid {
  cin: number;
  cout: number;
  groups: number;
}

/** Numbers of the patch matrix that are worked on at a time (256 KB). */
const CHUNK = 32768;

/** The plan for one call: sizes of a chunk and the buffers it reuses. */
export interface Patches {
  sizes: Conv2dSizes;
  /** Images in a chunk. */
  images: number;
  /** Lines of output (n, i) laid out at a time; a chunk has images * outH. */
  lines: number;
  /** Numbers in a window: KH * KW * Cin / groups. */
  k: number;
  /** Where the runs of neighbouring numbers in a window begin. */
  taps: Int32Array;
  /** Length of a run. */
  run: number;
  /** The chunk's images with their padding. */
  padded: Float64Array;
  /** The patch matrix [lines * outW, k]. */
  columns: Float64Array;
}

/** Plans the chunks of a convolution; `fn` stands in its messages. */
export function planPatches(fn: string, sizes: Conv2dSizes): Patches {
  const { batch, cin, groups, outH, outW, sizeH: kh, sizeW: kw } = sizes;
  const depth = cin / groups;
  const k = kh * kw * depth;
  const perImage = outH * outW * k;
  const images = Math.min(batch, Math.max(1, Math.floor(CHUNK / perImage)));
  const lines = Math.min(
    images * outH,
    Math.max(1, Math.floor(CHUNK / (outW * k))),
  );
  // Neighbouring pixels are neighbours in memory: one run a kernel row.
  const whole = groups === 1 && sizes.dilationW === 1;
  const taps: number[] = [];
  for (let a = 0; a < kh; a++) {
    for (let b = 0; b < (whole ? 1 : kw); b++) {
      const pixel = a * sizes.dilationH * paddedWidth(sizes) +
        b * sizes.dilationW;
      taps.push(pixel * cin);
    }
  }
  return {
    sizes,
    images,
    lines,
    k,
    taps: Int32Array.from(taps),
    run: whole ? kw * cin : depth,
    padded: room(fn, images * paddedLength(sizes), "float64"),
    columns: room(fn, upTo4(lines * outW) * k + 3, "float64"),
  };
}

/** Where the window of the first pixel of output line `line` begins. */
export function lineStart(
  sizes: Conv2dSizes,
  line: number,
  group: number,
): number {
  const n = Math.floor(line / sizes.outH);
  const i = line - n * sizes.outH;
  return n * paddedLength(sizes) +
    i * sizes.strideH * paddedWidth(sizes) * sizes.cin +
    group * (sizes.cin / sizes.groups);
}

/** Lays the windows of output lines `from` to `to` (not included) out as rows. */
export function gatherPatches(
  plan: Patches,
  group: number,
  from: number,
  to: number,
): void {
  const { sizes, taps, run, padded, columns } = plan;
  const step = sizes.strideW * sizes.cin;
  const outW = sizes.outW;
  let at = 0;
  for (let line = from; line < to; line++) {
    let window = lineStart(sizes, line, group);
    for (let j = 0; j < outW; j++, window += step) {
      for (let t = 0; t < taps.length; t++) {
        const end = at + run;
        for (let p = window + taps[t]; at < end; at++, p++) {
          columns[at] = padded[p];
        }
      }
    }
  }
}

/** The way back: adds each row's numbers to the pixels that they came from. */
export function scatterPatches(
  plan: Patches,
  target: Float64Array,
  group: number,
  from: number,
  to: number,
): void {
  const { sizes, taps, run, columns } = plan;
  const step = sizes.strideW * sizes.cin;
  const outW = sizes.outW;
  let at = 0;
  for (let line = from; line < to; line++) {
    let window = lineStart(sizes, line, group);
    for (let j = 0; j < outW; j++, window += step) {
      for (let t = 0; t < taps.length; t++) {
        const end = at + run;
        for (let p = window + taps[t]; at < end; at++, p++) {
          target[p] += columns[at];
        }
      }
    }
  }
}

/** Pixels in one row with its padding. */
function paddedWidth(sizes: Conv2dSizes): number {
  return sizes.left + sizes.width + sizes.right;
}

/** Numbers in one image with its padding. */
function paddedLength(sizes: Conv2dSizes): number {
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
  eachRow(sizes, first, count, (at, row, place) => {
    padded.set(x.subarray(at, at + row), place);
  });
}

/** Copies `count` images without their padding out of a padded buffer. */
export function unloadImages(
  sizes: Conv2dSizes,
  padded: Float64Array,
  x: TensorData,
  first: number,
  count: number,
): void {
  eachRow(sizes, first, count, (at, row, place) => {
    x.set(padded.subarray(place, place + row), at);
  });
}

/** Visits rows of pixels, `row` numbers each: where they begin in x, and padded. */
function eachRow(
  sizes: Conv2dSizes,
  first: number,
  count: number,
  visit: (at: number, row: number, place: number) => void,
): void {
  const { height, width, cin, top, left } = sizes;
  const row = width * cin;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < height; i++) {
      const at = ((first + n) * height + i) * row;
      const place = n * paddedLength(sizes) +
        ((top + i) * paddedWidth(sizes) + left) * cin;
      visit(at, row, place);
    }
  }
}
