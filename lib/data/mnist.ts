/** MNIST and Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28. */
import type { ImageSet } from "./image_set.ts";
import { type LoadOptions, loadSet } from "./load.ts";

const DIGITS = [..."0123456789"];

const CLOTHES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/**
 * Loads handwritten digits, [N, 28, 28, 1] from 0 (paper) to 1 (ink).
 *
 * @param options `split`: "train" (60,000 images) unless told, or "test"
 * (10,000). `limit`: how many, the first ones unless there is a `seed`, which
 * draws them at random.
 * @throws {RangeError} A limit that the split does not hold; a seed that is no whole number.
 * @throws {Deno.errors.NotFound} A missing file; the message holds its path.
 * @throws {TypeError} Another split; an unknown option; a damaged file.
 *
 * @example
 * ```ts
 * import { loadMnist } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = await loadMnist({ split: "test", limit: 5 });
 * assertEquals(digits.images.shape, [5, 28, 28, 1]);
 * assertEquals([...digits.labels], [7, 2, 1, 0, 4]);
 * ```
 */
export function loadMnist(options: LoadOptions = {}): Promise<ImageSet> {
  return loadGrey("loadMnist", "MNIST", DIGITS, "mnist", options);
}

/**
 * Loads pictures of clothes, [N, 28, 28, 1] from 0 to 1; made to replace MNIST
 * where digits are too easy. Options and errors as {@linkcode loadMnist}.
 *
 * @example
 * ```ts
 * import { loadFashionMnist } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const clothes = await loadFashionMnist({ split: "test", limit: 1 });
 * assertEquals(clothes.classNames[clothes.labels[0]], "Ankle boot");
 * ```
 */
export function loadFashionMnist(options: LoadOptions = {}): Promise<ImageSet> {
  const folder = "fashion_mnist", title = "Fashion-MNIST";
  return loadGrey("loadFashionMnist", title, CLOTHES, folder, options);
}

/** The two sets have the same file names, each in a folder of its own. */
async function loadGrey(
  caller: string,
  title: string,
  classNames: readonly string[],
  folder: string,
  options: LoadOptions,
): Promise<ImageSet> {
  const stem = (split: "train" | "test") =>
    `${folder}/${split === "train" ? "train" : "t10k"}`;
  const source = { title, classNames, axes: 3, stem } as const;
  return (await loadSet(caller, source, options)).set;
}
