/** A set of labelled images, and choosing rows of it. */
import { checkSeed, settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { checkTensor } from "../base/shape.ts";
import { gather, shapeText, type Tensor } from "../base/tensor.ts";
import { permutation } from "../base/random.ts";
import { streamFor } from "../base/stream.ts";
import { checkList } from "../base/arguments.ts";
import {
  checkKind,
  type ClassNumbers,
  type Labels,
  pickLabels,
} from "../base/labels.ts";

/** What Emoji-32 knows about one picture. */
export interface Caption {
  /** The emoji itself, as text. */
  readonly emoji: string;
  /** Its code points, joined by hyphens: `1F3D6`. */
  readonly hexcode: string;
  /** One of the six class names. */
  readonly class: string;
  /** Who drew it: `fluent-emoji-flat`, `noto` or `twemoji`. */
  readonly style: string;
  /** Its name in English. */
  readonly en: string;
  /** Its name in Korean. */
  readonly ko: string;
  /** Keywords in English. */
  readonly tags_en: readonly string[];
  /** Keywords in Korean. */
  readonly tags_ko: readonly string[];
}

/** Images with their labels: row i of everything belongs to image i. */
export interface ImageSet {
  /** Data set and split: `MNIST train`. */
  readonly name: string;
  /** [N, H, W, C], float32 from 0 to 1. */
  readonly images: Tensor;
  /** Class number of each image, from 0. */
  readonly labels: Labels;
  /** Name of each class, in the order of the indices. */
  readonly classNames: readonly string[];
  /** One caption an image, where the data set has them. */
  readonly captions?: readonly Caption[];
}

/** Throws unless these are images with one label each. */
export function checkSet(caller: string, set: ImageSet): void {
  if (!Array.isArray(set?.images?.shape) || set.labels === undefined) {
    throw new TypeError(
      `${caller}() expects a set with images and labels but found ${
        shown(set)
      }: load one, such as with loadMnist(), or write { name, images, labels, classNames }`,
    );
  }
  checkTensor(caller, "images", set.images);
  checkKind(caller, set.labels);
  const { shape } = set.images;
  if (set.labels.length !== shape[0]) {
    throw new TypeError(
      `${caller}() expects one label an image but found images ${
        shapeText(shape)
      } and ${set.labels.length} labels: take both from one set`,
    );
  }
}

/** checkSet(), and throws where there is no image. */
export function checkFilled(caller: string, set: ImageSet): void {
  checkSet(caller, set);
  if (set.labels.length > 0) return;
  throw new RangeError(
    `${caller}() expects at least one image but found none in "${set.name}": load some`,
  );
}

/**
 * The chosen images in the order given, as a set of its own (a copy).
 *
 * @throws {RangeError} An index outside the set, or a label that is no class number.
 * @throws {TypeError} Not one label an image.
 *
 * @example
 * ```ts
 * import { loadMnist, selectImages } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = await loadMnist({ split: "test", limit: 100 });
 * assertEquals(selectImages(digits, [7, 3]).labels[1], digits.labels[3]);
 * ```
 */
export function selectImages(
  set: ImageSet,
  indices: ArrayLike<number>,
): ImageSet {
  checkSet("selectImages", set);
  checkList("selectImages", "indices", indices);
  const n = set.labels.length;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (Number.isInteger(index) && index >= 0 && index < n) continue;
    throw new RangeError(
      `selectImages() expects whole indices from 0 to ${n - 1} but found ${
        shown(index)
      } at place ${i}: the set has ${n} images`,
    );
  }
  const images = gather(set.images, indices);
  const order = Array.from(indices);
  return {
    ...set,
    images,
    labels: pickLabels(set.labels, order),
    ...(set.captions && { captions: order.map((i) => set.captions![i]) }),
  };
}

/** A few images for one step of training. */
export interface Batch {
  /** [B, H, W, C]. */
  readonly images: Tensor;
  /** The class of each image. */
  readonly labels: ClassNumbers;
  /** Row of the set that each image comes from. */
  readonly indices: Uint32Array;
}

/**
 * Walks once through a set in batches of 64 unless told; the last one may be
 * smaller.
 *
 * @param options `batchSize`; `seed` shuffles the images, without it their order
 * is kept.
 * @throws {TypeError} Not one label an image; an unknown option.
 * @throws {RangeError} A batch size that is no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { batchesOf, loadMnist } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = await loadMnist({ split: "test", limit: 100 });
 * const sizes = [...batchesOf(digits)].map(({ labels }) => labels.length);
 * assertEquals(sizes, [64, 36]);
 * ```
 */
export function batchesOf(
  set: ImageSet,
  options: { batchSize?: number; seed?: number } = {},
): Generator<Batch> {
  const { batchSize, seed } = settle("batchesOf", options, {
    batchSize: 64,
    seed: undefined,
  });
  checkBatchSize("batchesOf", batchSize);
  if (seed !== undefined) checkSeed("batchesOf", seed);
  checkSet("batchesOf", set);
  return walk(set, batchSize, seed);
}

/** Throws unless a batch has one image or more. */
export function checkBatchSize(caller: string, batchSize: number): void {
  checkRange(caller, "a batchSize that is a whole number", batchSize, {
    from: 1,
    whole: true,
    remedy: "pass one, such as 64",
  });
}

/** The generator behind batchesOf, whose arguments are checked at the call. */
function* walk(
  set: ImageSet,
  batchSize: number,
  seed?: number,
): Generator<Batch> {
  const length = set.labels.length;
  const order = seed === undefined
    ? Uint32Array.from({ length }, (_, i) => i)
    : permutation(length, streamFor(seed, "shuffle"));
  for (let start = 0; start < length; start += batchSize) {
    const indices = order.slice(start, start + batchSize);
    const images = gather(set.images, indices);
    yield { images, labels: pickLabels(set.labels, indices), indices };
  }
}
