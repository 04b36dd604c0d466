/** Numbers as coloured pixels. @module */
import { colourAt, diverging, inkOn, type Rgb } from "../../plot/colours.ts";

/** 511 colours from the most negative over white to the most positive. */
const scale: readonly Rgb[] = Array.from(
  { length: 511 },
  (_, i) => colourAt(diverging, i / 510),
);

/** The colour of a value where `most` is the largest size. */
export function colourOf(value: number, most: number): Rgb {
  const place = Math.round(255 * (1 + value / (most || 1)));
  return scale[Math.max(0, Math.min(510, place))] ?? scale[255];
}

/** A cell's style: its colour, and an ink that can be read on it. */
export function cellStyle(value: number, most: number): string {
  const colour = colourOf(value, most);
  return `background:rgb(${colour.join()});color:${inkOn(colour)}`;
}

/** Which numbers a canvas shows: every `step`-th from `first`. */
export interface Sheet {
  readonly height: number;
  readonly width: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Paints numbers, one a pixel; the canvas takes the sheet's size. */
export function paint(
  canvas: HTMLCanvasElement,
  data: ArrayLike<number>,
  { height, width, first, step, count }: Sheet,
  most: number,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pixels = new ImageData(width, height);
  for (let i = 0; i < count; i++) {
    const [r, g, b] = colourOf(data[first + i * step], most);
    pixels.data.set([r, g, b, 255], 4 * i);
  }
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
}

/** Paints a picture [H, W, C] whose values go from `paper` to `ink`. */
export function paintPicture(
  canvas: HTMLCanvasElement,
  data: ArrayLike<number>,
  [height, width, channels]: readonly number[],
  [paper, ink]: readonly [number, number],
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pixels = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      const value = data[i * channels + (channels >= 3 ? c : 0)];
      pixels.data[4 * i + c] = 255 * (value - paper) / (ink - paper);
    }
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
}

/** The largest size among numbers. */
export function largestOf(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    most = Math.max(most, Math.abs(data[i]));
  }
  return most;
}

/** The sheets that show an output: a map a channel, or one for a row of numbers. */
export function sheetsOf(shape: readonly number[]): Sheet[] {
  if (shape.length === 3) {
    const [height, width, channels] = shape;
    return Array.from({ length: channels }, (_, first) => ({
      height,
      width,
      first,
      step: channels,
      count: height * width,
    }));
  }
  const count = shape.reduce((product, length) => product * length, 1);
  // a row of numbers is broken into lines, longer ones where there are many
  const line = count > 600 ? 80 : 40;
  const width = shape.length === 2 ? shape[1] : Math.min(count, line);
  const height = Math.ceil(count / width);
  return [{ height, width, first: 0, step: 1, count }];
}

/** The number of the unit at a cell of a sheet. */
export function unitAt(sheet: Sheet, row: number, column: number): number {
  const place = Math.floor(row) * sheet.width + Math.floor(column);
  return sheet.first + Math.min(sheet.count - 1, place) * sheet.step;
}

/** The unit of a sheet whose number is the largest or the most negative. */
export function strongestOf(sheet: Sheet, data: ArrayLike<number>): number {
  let best = sheet.first;
  for (let i = 0; i < sheet.count; i++) {
    const at = sheet.first + i * sheet.step;
    if (Math.abs(data[at]) > Math.abs(data[best])) best = at;
  }
  return best;
}
