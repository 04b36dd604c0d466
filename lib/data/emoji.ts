/** Emoji-32: colour pictures with names and keywords in English and Korean. */
import { dataFolder, pathOf, readBytes } from "./files.ts";
import type { Caption, ImageSet } from "./image_set.ts";
import { type LoadOptions, loadSet } from "./load.ts";

const CLASSES = [
  "smileys",
  "animals-nature",
  "food-drink",
  "travel-places",
  "activities",
  "objects",
];

/** An image set in which every image has a caption. */
export interface CaptionedSet extends ImageSet {
  readonly captions: readonly Caption[];
}

/**
 * Loads emoji, [N, 32, 32, 3] from 0 to 1 on white, with their captions.
 *
 * The split is by emoji: no emoji of the test set stands in the training set
 * in another style.
 *
 * @param options `split`: "train" (2,513 images) unless told, or "test" (302).
 * `limit`: how many, the first ones unless there is a `seed`, which draws them
 * at random.
 * @throws {RangeError} A limit that the split does not hold; a seed that is no whole number.
 * @throws {Deno.errors.NotFound} A missing file; the message holds its path.
 * @throws {TypeError} Another split; an unknown option; a damaged file, or captions that do not fit the images.
 *
 * @example
 * ```ts
 * import { loadEmoji } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const emoji = await loadEmoji({ split: "train", limit: 3 });
 * assertEquals(emoji.images.shape, [3, 32, 32, 3]);
 * assertEquals(emoji.captions[2].en, "octopus");
 * assertEquals(emoji.captions[2].ko, "문어");
 * ```
 */
export async function loadEmoji(
  options: LoadOptions = {},
): Promise<CaptionedSet> {
  const { set, rows, total, stem } = await loadSet("loadEmoji", {
    title: "Emoji-32",
    classNames: CLASSES,
    axes: 4,
    stem: (split) => `emoji/${split}`,
  }, options);
  const path = pathOf(new URL(`${stem}-captions.jsonl`, dataFolder));
  const bytes = await readBytes(path, "loadEmoji");
  const all = decodeCaptions(new TextDecoder().decode(bytes), path);
  if (all.length !== total) {
    throw new TypeError(
      `loadEmoji() expects one caption an image but found ${total} images and ${all.length} lines in ${path}: restore the file from the repository`,
    );
  }
  const captions = Array.from(rows, (row) => all[row]);
  captions.forEach((caption, i) => {
    const wanted = CLASSES[set.labels[i]], line = rows[i] + 1;
    if (caption.class === wanted) return;
    throw new TypeError(
      `loadEmoji() expects captions in the order of the images but found the class "${caption.class}" in line ${line} of ${path}, whose image is labelled "${wanted}": restore the file from the repository`,
    );
  });
  return { ...set, captions };
}

/** What each field of a caption must be. */
const FIELDS: Record<keyof Caption, "text" | "list of texts"> = {
  emoji: "text",
  hexcode: "text",
  class: "text",
  style: "text",
  en: "text",
  ko: "text",
  tags_en: "list of texts",
  tags_ko: "list of texts",
};

/** Captions, one JSON object a line; an error names the line of the file `path`. */
export function decodeCaptions(text: string, path: string): Caption[] {
  return text.replace(/\n$/, "").split("\n").map((line, i) => {
    const fail = (expected: string, found: string, cause?: unknown) =>
      new TypeError(
        `loadEmoji() expects ${expected} in line ${
          i + 1
        } of ${path} but found ${found}: restore the file from the repository`,
        { cause },
      );
    let value;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw fail("JSON", `"${line.slice(0, 40)}"`, error);
    }
    for (const [key, kind] of Object.entries(FIELDS)) {
      const found = value?.[key], list = kind === "text" ? [found] : found;
      if (
        Array.isArray(list) && list.every((one) => typeof one === "string")
      ) continue;
      throw fail(`the ${kind} "${key}"`, JSON.stringify(found) ?? "none");
    }
    return value as Caption;
  });
}
