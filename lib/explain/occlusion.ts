/** Occlusion: cover a part of the image and see what the network makes of it. */
import { checkTensor } from "../base/check.ts";
import { softmax } from "../layers/mod.ts";
import { settle, shown } from "../base/options.ts";
import { inChunks } from "../base/in_chunks.ts";
import { checkRange } from "../base/range.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { expectOneImage } from "./any_network.ts";
import { checkFinite } from "../measure/classify.ts";
import { classOf } from "./layer_view.ts";

/** How to cover. */
export interface OcclusionOptions {
  /** Side of the square, in pixels; 6 unless told. */
  readonly size?: number;
  /** Pixels between two places of the square; 2 unless told. */
  readonly stride?: number;
  /** The class to watch; the one that the network says unless given. */
  readonly label?: number;
  /** Value of the covered pixels; 0 unless told. */
  readonly fill?: number;
}

/** What occlusionMap() finds. */
export interface Occlusion {
  /** [rows, columns]: what the class's probability loses at each place of the square. */
  readonly grid: Tensor;
  /** [H, W]: the mean loss over the squares that cover the pixel. */
  readonly map: Tensor;
  readonly label: number;
  /** Probability of the class with nothing covered. */
  readonly probability: number;
}

/** Logits [N, classes] of images [N, H, W, C]; a trainer's logits() is one. */
export type Logits = (images: Tensor) => Tensor | Promise<Tensor>;

/** Covered images that are run at once. */
const CHUNK = 100;

/**
 * Slides a square over the image and measures how much the probability of a
 * class falls: Zeiler and Fergus, 2014, section 4.2.
 *
 * The square stops at the far edges, so the last step may be shorter.
 *
 * @param logits The network, such as `trainer.logits`.
 * @param image One image [1, H, W, C].
 * @param options `size`, `stride`, `label`, `fill`.
 * @throws {TypeError} No function, or not one image; an unknown option.
 * @throws {RangeError} A square that does not fit, or that leaves pixels out.
 *
 * @example
 * ```ts
 * import { buildNetwork, lenet, occlusionMap, randomUniform } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const image = randomUniform([1, 28, 28, 1], 1);
 * const { grid } = await occlusionMap((x) => network.forward(x), image, { size: 7, stride: 7 });
 * assertEquals(grid.shape, [4, 4]);
 * ```
 */
export async function occlusionMap(
  logits: Logits,
  image: Tensor,
  options: OcclusionOptions = {},
): Promise<Occlusion> {
  expectOneImage("occlusionMap", image);
  const [, height, width, channels] = image.shape;
  const { size, stride, fill, ...chosen } = settle("occlusionMap", options, {
    size: 6,
    stride: 2,
    label: undefined,
    fill: 0,
  });
  if (typeof logits !== "function") {
    throw new TypeError(
      `occlusionMap() expects a function from images to logits but found ${
        shown(logits)
      }: pass trainer.logits, or (x) => network.forward(x)`,
    );
  }
  if (!Number.isFinite(fill)) {
    throw new RangeError(
      `occlusionMap() expects a number as the fill but found ${
        shown(fill)
      }: 0 covers with black`,
    );
  }
  checkRange("occlusionMap", "a size", size, {
    from: 1,
    to: Math.min(height, width),
    whole: true,
    remedy: `the square must fit into the ${height} x ${width} image`,
  });
  if (!(Number.isInteger(stride) && stride >= 1 && stride <= size)) {
    throw new RangeError(
      `occlusionMap() expects a stride from 1 to the size ${size} but found ${
        shown(stride)
      }: a longer one leaves pixels uncovered`,
    );
  }
  const rows = places(height, size, stride);
  const columns = places(width, size, stride);
  const corners = rows.flatMap((y) => columns.map((x) => ({ y, x })));

  const probabilitiesOf = async (images: Tensor) => {
    const found = await logits(images);
    checkTensor("occlusionMap", "logits", found, "[N, classes]");
    checkFinite("occlusionMap", found);
    return softmax(found);
  };
  const first = await probabilitiesOf(image);
  const label = classOf("occlusionMap", first, chosen.label);
  const probability = first.data[label];

  const covered = zeros([corners.length, height, width, channels]);
  corners.forEach(({ y, x }, i) => {
    const offset = i * image.data.length;
    covered.data.set(image.data, offset);
    for (let row = y; row < y + size; row++) {
      const start = offset + (row * width + x) * channels;
      covered.data.fill(fill, start, start + size * channels);
    }
  });
  const grid = zeros([rows.length, columns.length]);
  const { data } = await inChunks(covered, CHUNK, probabilitiesOf);
  const classes = first.shape[1];
  corners.forEach((_, i) =>
    grid.data[i] = probability - data[i * classes + label]
  );
  const map = meanOver(corners, grid.data, size, height, width);
  return { grid, map, label, probability };
}

/** Starts of the square along one axis; the last one ends at the edge. */
function places(length: number, size: number, stride: number): number[] {
  const last = length - size, starts: number[] = [];
  for (let start = 0; start < last; start += stride) starts.push(start);
  return [...starts, last];
}

/** For each pixel the mean of the values of the squares that cover it. */
function meanOver(
  corners: readonly { y: number; x: number }[],
  values: ArrayLike<number>,
  size: number,
  height: number,
  width: number,
): Tensor {
  const map = zeros([height, width]);
  const times = new Float64Array(height * width);
  corners.forEach(({ y, x }, i) => {
    for (let row = y; row < y + size; row++) {
      for (let column = x; column < x + size; column++) {
        map.data[row * width + column] += values[i];
        times[row * width + column]++;
      }
    }
  });
  times.forEach((n, i) => map.data[i] /= n);
  return map;
}
