/** What the three loaders share: two IDX files in, a checked image set out. */
import { checkSeed, checkWord, settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { permutation } from "../base/random.ts";
import { streamFor } from "../base/stream.ts";
import type { Tensor } from "../base/tensor.ts";
import { dataFolder, pathOf } from "./files.ts";
import { type IdxArray, readIdx } from "./idx.ts";
import type { ImageSet } from "./image_set.ts";
import { checkClasses, pickLabels } from "../base/labels.ts";

/** Which part of a data set to load. */
export interface LoadOptions {
  /** "train" unless told. */
  split?: "train" | "test";
  /** How many images; all unless told. The first ones unless there is a seed. */
  limit?: number;
  /** Draws the images at random, and in random order, instead of the first. */
  seed?: number;
}

/** A data set of two splits, each of two IDX files. */
interface Source {
  readonly title: string;
  readonly classNames: readonly string[];
  /** Axes of the images: 3 for grey ones, 4 for colour. */
  readonly axes: 3 | 4;
  /** How the names of a split's files begin, counted from the data folder. */
  stem(split: "train" | "test"): string;
}

/**
 * Reads images and labels, checks that they belong together, and keeps the rows
 * that the options ask for; also the row of the file that each image comes from.
 */
export async function loadSet(
  caller: string,
  { title, classNames, axes, stem }: Source,
  options: LoadOptions,
): Promise<{ set: ImageSet; rows: Uint32Array; total: number; stem: string }> {
  const { split, seed, ...asked } = settle(caller, options, {
    split: "train",
    limit: undefined,
    seed: undefined,
  });
  checkWord(caller, "split", split, ["train", "test"]);
  if (seed !== undefined) checkSeed(caller, seed);
  const start = stem(split);
  const [labelFile, imageFile] = ["labels-idx1", `images-idx${axes}`]
    .map((kind) => pathOf(new URL(`${start}-${kind}-ubyte.gz`, dataFolder)));
  const labels = await readIdx(labelFile, { axes: 1 });
  const images = await readIdx(imageFile, { axes });
  const total = images.shape[0];
  if (labels.shape[0] !== total) {
    throw new TypeError(
      `${caller}() expects one label an image but found ${total} images in ${imageFile} and ${
        labels.shape[0]
      } labels in ${labelFile}: restore both files from the repository`,
    );
  }
  const remedy = `restore ${labelFile} from the repository`;
  checkClasses(caller, "labels", labels.data, classNames.length, remedy);
  const { limit = total } = asked;
  checkRange(caller, "a limit that is a whole number", limit, {
    from: 1,
    to: total,
    whole: true,
    remedy:
      "pass a number of images that the split has, or leave it out for all",
  });
  const rows = seed === undefined
    ? Uint32Array.from({ length: limit }, (_, i) => i)
    : permutation(total, streamFor(seed, "sample")).slice(0, limit);
  const set = {
    name: `${title} ${split}`,
    classNames,
    images: toImages(images, rows),
    labels: pickLabels(labels.data, rows),
  };
  return { set, rows, total, stem: start };
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
