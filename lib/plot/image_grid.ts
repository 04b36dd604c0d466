import type { Data } from "plotly.js";
import { show as shapeText, type Tensor } from "../tensor.ts";
import { type Figure, figure, titled } from "./figure.ts";
import { imageSizes, pngUri, toByte } from "./pixels.ts";
import { imageTrace } from "./traces.ts";

/** How a grid of images is laid out. */
export interface ImageGridOptions {
  /** A text above each image. */
  labels?: ArrayLike<string | number>;
  /** Images in a row: as many as are readable unless told. */
  columns?: number;
  title?: string;
  /** Screen pixels for one image pixel: chosen to fill the figure unless told. */
  zoom?: number;
}

const maxWidth = 760;
const gap = 8; // screen pixels between images

/**
 * Grey or colour images side by side, every pixel a sharp square.
 *
 * @param images Brightness from 0 to 1, [N, H, W, C] with 1 or 3 channels.
 * @returns A figure whose hover shows each pixel's value from 0 to 255.
 * @throws {TypeError} Images of another shape, NaN in them, or labels of another number.
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
  const { count, height, width, channels } = imageSizes(images, "imageGrid");
  const { labels, title } = options;
  if (labels && labels.length !== count) {
    throw new TypeError(
      `imageGrid() expects ${count} labels for images ${
        shapeText(images.shape)
      } but found ${labels.length}: pass one label for each image`,
    );
  }
  const bad = images.data.findIndex((v) => Number.isNaN(v));
  if (bad >= 0) {
    throw new TypeError(
      `imageGrid() expects numbers but found NaN at place ${bad} of ${
        shapeText(images.shape)
      }: find out where it arose`,
    );
  }
  const columns = Math.min(count, options.columns ?? readableColumns(width));
  const rows = Math.ceil(count / columns);
  const zoom = options.zoom ?? readableZoom(width, columns);
  const fontSize = 13;
  const between = Math.max(1, Math.round(gap / zoom)); // in image pixels
  const above = labels ? Math.ceil((fontSize + 9) / zoom) : 0;
  const sheetWidth = columns * (width + between) - between;
  const pitch = height + between + above;
  const sheetHeight = rows * pitch - between;

  // One picture holds all images; alpha 0 leaves the paper between them white.
  const sheet = new Uint8Array(sheetWidth * sheetHeight * 4);
  for (let n = 0; n < count; n++) {
    const left = (n % columns) * (width + between);
    const top = Math.floor(n / columns) * pitch + above;
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        const from = ((n * height + h) * width + w) * channels;
        const to = ((top + h) * sheetWidth + left + w) * 4;
        for (let c = 0; c < 3; c++) {
          sheet[to + c] = toByte(images.data[from + (channels === 3 ? c : 0)]);
        }
        sheet[to + 3] = 255;
      }
    }
  }
  const data: Data[] = [imageTrace({
    source: pngUri(sheet, sheetWidth, sheetHeight, 4),
    hovertemplate: channels === 1
      ? "%{z[0]} of 255<extra></extra>"
      : "red %{z[0]}, green %{z[1]}, blue %{z[2]}<extra></extra>",
  })];
  if (labels) {
    data.push({
      type: "scatter",
      mode: "text",
      x: Array.from(labels, (_, n) => {
        return (n % columns) * (width + between) + (width - 1) / 2;
      }),
      y: Array.from(labels, (_, n) => {
        return Math.floor(n / columns) * pitch + above - 0.5 - 3 / zoom;
      }),
      text: Array.from(labels, String),
      textposition: "top center",
      textfont: { size: fontSize },
      hoverinfo: "skip",
      cliponaxis: false,
    });
  }
  const side = Math.max(16, Math.round((320 - sheetWidth * zoom) / 2));
  const top = title ? 52 : 14;
  return figure({
    data,
    layout: {
      ...titled(title),
      width: Math.round(sheetWidth * zoom) + 2 * side,
      height: Math.round(sheetHeight * zoom) + top + 14,
      margin: { l: 16, r: 2 * side - 16, t: top, b: 14 },
      showlegend: false,
      xaxis: { visible: false, range: [-0.5, sheetWidth - 0.5] },
      yaxis: { visible: false, range: [sheetHeight - 0.5, -0.5] },
    },
    summary: `${count} image${
      count === 1 ? "" : "s"
    } of ${height} x ${width} pixels${title ? `: ${title}` : ""}`,
  });
}

function readableColumns(width: number): number {
  return Math.max(1, Math.floor(maxWidth / (Math.max(width, 64) + gap)));
}

/** Whole steps where images are small, a fraction where they are too large. */
function readableZoom(width: number, columns: number): number {
  const room = (maxWidth - gap * (columns - 1)) / columns / width;
  if (room < 1) return room;
  return Math.floor(Math.min(room, Math.max(1, 168 / width)));
}
