/** Pictures side by side on one sheet: how small, where, and what stands above. */
import type { Data, PlotData } from "plotly.js";
import { allocate, type Tensor } from "../base/tensor.ts";

/** Where equal pictures lie, row by row, in their own pixels. */
export interface Sheet {
  width: number;
  height: number;
  /** The first pixel of picture number n. */
  left(n: number): number;
  top(n: number): number;
  /** The middle of a picture. */
  middle: number;
}

/**
 * The sheet of `count` pictures [..., H, W, C].
 *
 * @param room Pixels `above` each picture for its label, and `across` and `down`
 * between two.
 */
export function sheetOf(
  count: number,
  [, height, width]: readonly number[],
  columns: number,
  { above, across, down }: { above: number; across: number; down: number },
): Sheet {
  const right = width + across;
  const below = above + height + down;
  return {
    width: Math.min(columns, count) * right - across,
    height: Math.ceil(count / columns) * below - down,
    left: (n) => (n % columns) * right,
    top: (n) => Math.floor(n / columns) * below + above,
    middle: (width - 1) / 2,
  };
}

/** A text above each picture, by `lift` of its pixels. */
export function labelTrace(
  text: string[],
  sheet: Sheet,
  lift: number,
  size: number,
  more: Partial<PlotData> = {},
): Data {
  return {
    type: "scatter",
    mode: "text",
    x: text.map((_, n) => sheet.left(n) + sheet.middle),
    y: text.map((_, n) => sheet.top(n) - 0.5 - lift),
    text,
    textposition: "top center",
    textfont: { size },
    hoverinfo: "skip",
    ...more,
    cliponaxis: false,
  };
}

/**
 * Images made smaller by a whole factor: each block of pixels becomes its mean.
 * Rows and columns that fill no block are left out.
 *
 * @param images [N, H, W, C]
 * @param factor 1 or more; 1 gives the images themselves.
 */
export function shrink(images: Tensor, factor: number): Tensor {
  if (factor === 1) return images;
  const [count, height, width, channels] = images.shape;
  const rows = Math.max(1, Math.floor(height / factor));
  const columns = Math.max(1, Math.floor(width / factor));
  const high = Math.min(factor, height);
  const wide = Math.min(factor, width);
  const data = allocate(count * rows * columns * channels, images.data);
  let to = 0;
  /** The mean of one block in one channel. */
  const mean = (n: number, top: number, left: number, channel: number) => {
    let sum = 0;
    for (let i = top; i < top + high; i++) {
      for (let j = left; j < left + wide; j++) {
        const pixel = (n * height + i) * width + j;
        sum += images.data[pixel * channels + channel];
      }
    }
    return sum / (high * wide);
  };
  for (let n = 0; n < count; n++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        for (let k = 0; k < channels; k++) {
          data[to++] = mean(n, r * factor, c * factor, k);
        }
      }
    }
  }
  return { shape: [count, rows, columns, channels], data };
}
