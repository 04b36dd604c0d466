import type { Shape } from "plotly.js";
import {
  checkGiven,
  checkNumbers,
  checkPositive,
  checkText,
} from "../base/arguments.ts";
import { checkCount, checkTensor } from "../base/check.ts";
import { settle, shown, unset } from "../base/options.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { gridLine } from "./colours.ts";
import { entitled, type Figure, figure, titled } from "./figure.ts";
import { paint } from "./image_sheet.ts";
import { labelTrace, sheetOf, shrink } from "./sheet.ts";
import { imageTrace } from "./traces.ts";
import { figureWidth, textWidth, titleWidth } from "./width.ts";

/** How a grid of images is laid out. */
export interface ImageGridOptions {
  /** A text above each image. */
  labels?: ArrayLike<string | number>;
  /** Images in a row: as many as are readable unless told. */
  columns?: number;
  title?: string;
  /** Screen pixels for one image pixel: chosen to fill the figure unless told. */
  zoom?: number;
  /** Weights from 0 to 1, [N, H, W, 1], that glow orange over the images. */
  overlay?: Tensor;
}

const maxWidth = figureWidth - 32; // screen pixels beside the margins
const gap = 8; // screen pixels between images
const mostFrames = 64; // each is a line of its own in the notebook
const fontSize = 13;

/**
 * Grey or colour images side by side, every pixel a sharp square.
 *
 * Images larger than the figure are shrunk by averaging blocks, and a large
 * photograph is sent in fewer shades, so that the notebook stays small.
 *
 * @param images Brightness from 0 to 1, [N, H, W, C] with 1 or 3 channels.
 * @returns A figure whose hover shows each pixel's value from 0 to 255.
 * @throws {TypeError} Images of another shape, NaN in them, or labels of another number.
 * @throws {RangeError} Columns or a zoom that make the figure wider than 700 pixels.
 *
 * @example
 * ```ts
 * import { imageGrid, randomUniform } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const noise = randomUniform([4, 8, 8, 1], 1);
 * const grid = imageGrid(noise, { labels: [3, 1, 4, 1], title: "Noise" });
 * assertEquals(grid.summary, "4 images of 8 x 8 pixels: Noise");
 * ```
 */
export function imageGrid(
  images: Tensor,
  options: ImageGridOptions = {},
): Figure {
  const settled = settle(
    "imageGrid",
    options,
    unset("labels", "columns", "title", "zoom", "overlay"),
  );
  check(images, settled);
  const [count, height, width, channels] = images.shape;
  const { labels, title, overlay } = settled;
  const texts = labels ? Array.from(labels, String) : [];
  const columns = Math.min(
    count,
    settled.columns ?? readableColumns(width, texts),
  );
  const wanted = settled.zoom ?? readableZoom(width, columns);
  // Below one screen pixel an image pixel is only bytes: blocks become means.
  const factor = wanted < 1 ? Math.ceil(1 / wanted) : 1;
  const zoom = wanted < 1 ? Math.max(1, wanted * factor) : wanted;
  const small = shrink(images, factor);
  const between = pixelsBetween(zoom);
  const sheet = sheetOf(count, small.shape, columns, {
    above: labels ? Math.ceil((fontSize + 9) / zoom) : 0,
    across: between,
    down: between,
  });
  const top = title ? 52 : 14;
  const pixels = Math.round(sheet.width * zoom);
  if (pixels > maxWidth) {
    throw new RangeError(
      `imageGrid() expects images side by side in at most ${maxWidth} pixels but found ${pixels} with ${columns} columns and zoom ${
        Number(wanted.toPrecision(3))
      }: choose fewer columns or a smaller zoom, or leave them out`,
    );
  }
  const picture = imageTrace({
    source: paint(small, sheet, overlay && shrink(overlay, factor)),
    hovertemplate: channels === 1 && !overlay
      ? "%{z[0]} of 255<extra></extra>"
      : "red %{z[0]}, green %{z[1]}, blue %{z[2]}<extra></extra>",
  });
  // A label wider than its image gets a smaller font, so that none overlap.
  const longest = Math.max(...texts.map((text) => textWidth(text, 1)), 1);
  const pitch = (small.shape[2] + between) * zoom;
  const font = Math.max(6, Math.min(fontSize, Math.floor(pitch / longest)));
  // A title needs room even over a small image.
  const right = 16 + Math.max(0, 320 - pixels, titleWidth(title) - pixels - 32);
  return figure({
    data: labels
      ? [picture, labelTrace(texts, sheet, 3 / zoom, font)]
      : [picture],
    layout: {
      ...titled(title),
      width: pixels + 16 + right,
      height: Math.round(sheet.height * zoom) + top + 14,
      margin: { l: 16, r: right, t: top, b: 14 },
      showlegend: false,
      ...(count <= mostFrames && isPale(small) && {
        shapes: Array.from(
          { length: count },
          (_, n) => frame(sheet.left(n), sheet.top(n), small.shape),
        ),
      }),
      xaxis: { visible: false, range: [-0.5, sheet.width - 0.5] },
      yaxis: { visible: false, range: [sheet.height - 0.5, -0.5] },
    },
    summary: entitled(
      `${count} image${count === 1 ? "" : "s"} of ${height} x ${width} pixels`,
      title,
    ),
  });
}

/** Whether the border of an image is white for a quarter: lost on white paper. */
function isPale({ data, shape }: Tensor): boolean {
  const [count, height, width, channels] = shape;
  const border = Array.from({ length: height * width }, (_, i) => i)
    .filter((i) => {
      const row = Math.floor(i / width), column = i % width;
      return row % (height - 1 || 1) === 0 || column % (width - 1 || 1) === 0;
    });
  const white = (pixel: number) =>
    data.subarray(channels * pixel, channels * (pixel + 1))
      .every((value) => value > 0.9);
  return Array.from({ length: count }, (_, n) => n * height * width)
    .some((start) =>
      border.filter((i) => white(start + i)).length > border.length / 4
    );
}

/** A pale line around an image [N, H, W, C] at this place of the sheet. */
const frame = (
  left: number,
  top: number,
  [, height, width]: readonly number[],
): Partial<Shape> => ({
  type: "rect",
  x0: left - 0.5,
  x1: left + width - 0.5,
  y0: top - 0.5,
  y1: top + height - 0.5,
  line: { color: gridLine, width: 1 },
});

/** Throws unless images and options fit together. */
function check(
  images: Tensor,
  { labels, overlay, title, columns, zoom }: ImageGridOptions,
): void {
  const fn = "imageGrid";
  checkTensor(fn, "images", images);
  const { shape } = images;
  const fits = shape.length === 4 && [1, 3].includes(shape[3]) &&
    images.data.length > 0;
  if (!fits) {
    throw new TypeError(
      `imageGrid() expects images [N, H, W, C] with 1 or 3 channels but found ${
        shapeText(shape)
      }: reshape one grey image [H, W] to [1, H, W, 1], and look at feature maps with featureMaps()`,
    );
  }
  checkGiven(checkText, fn, { title });
  if (columns !== undefined) checkCount(fn, "columns", columns);
  checkGiven(checkPositive, fn, { zoom });
  if (overlay !== undefined) checkTensor(fn, "overlay", overlay);
  if (
    labels !== undefined && !Array.isArray(labels) &&
    !ArrayBuffer.isView(labels)
  ) {
    throw new TypeError(
      `imageGrid() expects a list as labels but found ${
        shown(labels)
      }: pass one for each image`,
    );
  }
  if (labels && labels.length !== shape[0]) {
    throw new TypeError(
      `imageGrid() expects ${shape[0]} labels for images ${
        shapeText(shape)
      } but found ${labels.length}: pass one label for each image`,
    );
  }
  const expected = shapeText([...shape.slice(0, 3), 1]);
  if (overlay && shapeText(overlay.shape) !== expected) {
    throw new TypeError(
      `imageGrid() expects an overlay ${expected} but found ${
        shapeText(overlay.shape)
      }: give each pixel one weight`,
    );
  }
  checkNumbers(images, fn);
  if (overlay) checkNumbers(overlay, fn);
}

function readableColumns(width: number, labels: readonly string[]): number {
  const label = Math.max(...labels.map((text) => textWidth(text, 9)), 0);
  const pitch = Math.max(width + gap, 64 + gap, label);
  return Math.max(1, Math.floor((maxWidth + gap) / pitch));
}

/** Image pixels between two images. */
function pixelsBetween(zoom: number): number {
  return Math.max(1, Math.floor(gap / zoom));
}

/** Whole steps where images are small, a fraction where they are too large. */
function readableZoom(width: number, columns: number): number {
  const most = Math.floor(Math.max(1, 168 / width));
  for (let zoom = most; zoom >= 1; zoom--) {
    const between = pixelsBetween(zoom);
    if ((columns * (width + between) - between) * zoom <= maxWidth) return zoom;
  }
  const room = (maxWidth - gap * (columns - 1)) / columns;
  if (room < 1) {
    throw new RangeError(
      `imageGrid() expects at most ${
        Math.floor((maxWidth + gap) / (1 + gap))
      } columns but found ${columns}: choose fewer, or leave them out`,
    );
  }
  return room / width;
}
