/**
 * What the three loaders share: two IDX files in, a checked image set out.
 *
 * @module
 */
import { checkSeed, checkWord, settle, shown } from "../base/options.ts";
import { permutation } from "../base/random.ts";
import { streamFor } from "../base/stream.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { pathOf } from "./files.ts";
import { readIdx } from "./idx.ts";
import type { IdxArray } from "./idx_decoder.ts";
import type { ImageSet } from "./image_set.ts";

/** Which part of a data set to load. */
export interface LoadOptions {
  /** "train" unless told. */
  split?: "train" | "test";
  /** How many images; all unless told. The first ones unless there is a seed. */
  limit?: number;
  /** Draws the images at random, and in random order, instead of the first. */
  seed?: number;
}

/** The split that was asked for; another word or an unknown option is an error. */
export function splitOf(
  caller: string,
  options: LoadOptions,
): "train" | "test" {
  const { split, seed } = settle(caller, options, {
    split: "train",
    limit: undefined,
    seed: undefined,
  });
  checkWord(caller, "split", split, ["train", "test"]);
  if (seed !== undefined) checkSeed(caller, seed);
  return split;
}

/**
 * Reads images and labels, checks that they belong together, and keeps the
 * rows that the options ask for.
 *
 * @param caller Name of the loader, for messages.
 * @param files URLs of the images and the labels.
 * @param about Name and class names of the set.
 * @param options `limit` and `seed`.
 * @returns The set, and the row of the file that each image comes from.
 */
export async function loadSet(
  caller: string,
  files: { images: URL; labels: URL; axes: 3 | 4 },
  about: { name: string; classNames: readonly string[] },
  options: LoadOptions,
): Promise<{ set: ImageSet; rows: Uint32Array; total: number }> {
  checkLimit(caller, options.limit, Infinity);
  const labels = await readIdx(files.labels, { axes: 1 });
  const images = await readIdx(files.images, { axes: files.axes });
  const total = images.shape[0];
  if (labels.shape[0] !== total) {
    throw new TypeError(
      `${caller}() expects one label an image but found ${total} images in ${
        pathOf(files.images)
      } and ${labels.shape[0]} labels in ${
        pathOf(files.labels)
      }: restore both files from the repository`,
    );
  }
  checkLabels(caller, labels.data, about.classNames, pathOf(files.labels));
  checkLimit(caller, options.limit, total);
  const rows = chooseRows(total, options);
  return {
    set: {
      ...about,
      images: toImages(images, rows),
      labels: Uint8Array.from(rows, (row) => labels.data[row]),
    },
    rows,
    total,
  };
}

/** The first rows, or with a seed a random sample of them. */
function chooseRows(
  total: number,
  { limit = total, seed }: LoadOptions,
): Uint32Array {
  if (seed !== undefined) {
    return permutation(total, streamFor(seed, "sample")).slice(0, limit);
  }
  return Uint32Array.from({ length: limit }, (_, i) => i);
}

/** Bytes 0 to 255 of the chosen rows as numbers 0 to 1; grey gets its channel. */
function toImages({ shape, data }: IdxArray, rows: Uint32Array): Tensor {
  const [, height, width, channels = 1] = shape;
  const size = height * width * channels;
  const unit = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  const result = new Float32Array(rows.length * size);
  for (let i = 0, to = 0; i < rows.length; i++) {
    for (let from = rows[i] * size, end = from + size; from < end;) {
      result[to++] = unit[data[from++]];
    }
  }
  return { shape: [rows.length, height, width, channels], data: result };
}

/** Throws unless the limit is a whole number of images that the set has. */
function checkLimit(
  caller: string,
  limit: number | undefined,
  total: number,
): void {
  if (limit === undefined) return;
  if (!Number.isInteger(limit) || limit < 1 || limit > total) {
    throw new RangeError(
      `${caller}() expects a limit that is a whole number from 1${
        total < Infinity ? ` to ${total}` : ""
      } but found ${
        shown(limit)
      }: pass a number of images that the split has, or leave it out for all`,
    );
  }
}

/** Throws at the first label that names no class. */
function checkLabels(
  caller: string,
  labels: Uint8Array,
  classNames: readonly string[],
  path: string,
): void {
  const at = labels.findIndex((label) => label >= classNames.length);
  if (at >= 0) {
    throw new RangeError(
      `${caller}() expects labels from 0 to ${
        classNames.length - 1
      } but found ${labels[at]} at place ${at} of ${
        shapeText([labels.length])
      } in ${path}: restore the file from the repository`,
    );
  }
}
