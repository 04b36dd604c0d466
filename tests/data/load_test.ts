import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { pathToFileURL } from "node:url";
import {
  batchesOf,
  type Labels,
  loadEmoji,
  loadFashionMnist,
  loadMnist,
  selectImages,
} from "../../lib/data/mod.ts";
import { loadSet } from "../../lib/data/load.ts";
import { decodeCaptions } from "../../lib/data/emoji.ts";
import { assertThrows } from "@std/assert";

/** Writes small IDX files and loads them as a set of two classes. */
async function loadSmall(
  images: readonly number[],
  labels: readonly number[],
): Promise<unknown> {
  const folder = await Deno.makeTempDir();
  try {
    const stem = pathToFileURL(`${folder}/small`).href;
    const file = (name: string) => new URL(`${stem}-${name}-ubyte.gz`);
    const header = (
      axes: number,
      ...lengths: number[]
    ) => [0, 0, 8, axes, ...lengths.flatMap((n) => [0, 0, 0, n])];
    await Deno.writeFile(
      file("images-idx3"),
      new Uint8Array([...header(3, images.length, 1, 1), ...images]),
    );
    await Deno.writeFile(
      file("labels-idx1"),
      new Uint8Array([...header(1, labels.length), ...labels]),
    );
    return await loadSet("loadSmall", {
      title: "small",
      classNames: ["a", "b"],
      axes: 3,
      stem: () => stem,
    }, {});
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadMnist() loads 60,000 training images from 0 to 1", async () => {
  const { name, images, labels, classNames } = await loadMnist();
  assertEquals(name, "MNIST train");
  assertEquals(images.shape, [60000, 28, 28, 1]);
  assertEquals(images.data.length, 60000 * 784);
  assert(images.data instanceof Float32Array);
  assertEquals(classNames.length, 10);
  // Counts of the digits 0 to 9, and the first labels, as published.
  const counts = new Array(10).fill(0);
  labels.forEach((label) => counts[label]++);
  assertEquals(counts, [
    5923,
    6742,
    5958,
    6131,
    5842,
    5421,
    5918,
    6265,
    5851,
    5949,
  ]);
  assertEquals([...labels.slice(0, 5)], [5, 0, 4, 1, 9]);
  // The mean pixel that everybody subtracts: 0.1307.
  let sum = 0;
  for (const value of images.data) sum += value;
  assert(Math.abs(sum / images.data.length - 0.1307) < 1e-4);
  assertEquals(Math.max(...images.data.subarray(0, 784)), 1);
});

Deno.test("loadFashionMnist() loads 10,000 test images", async () => {
  const { images, labels, classNames } = await loadFashionMnist({
    split: "test",
  });
  assertEquals(images.shape, [10000, 28, 28, 1]);
  assertEquals([...labels.slice(0, 5)], [9, 2, 1, 1, 6]);
  assertEquals(classNames[9], "Ankle boot");
});

Deno.test("loadMnist() with a limit takes the first images", async () => {
  const all = await loadMnist({ split: "test" });
  const few = await loadMnist({ split: "test", limit: 20 });
  assertEquals(few.images.data, all.images.data.slice(0, 20 * 784));
  assertEquals(few.labels, all.labels.slice(0, 20));
});

Deno.test("loadMnist() with a seed draws another sample, the same each time", async () => {
  const options = { split: "test", limit: 200, seed: 3 } as const;
  const [one, again, other, first] = [
    await loadMnist(options),
    await loadMnist(options),
    await loadMnist({ ...options, seed: 4 }),
    await loadMnist({ split: "test", limit: 200 }),
  ];
  assertEquals(one, again);
  assertNotEquals(one.labels, other.labels);
  assertNotEquals(one.labels, first.labels);
});

Deno.test("loadMnist() draws no image twice and keeps images with their labels", async () => {
  const all = await loadMnist({ split: "test" });
  const drawn = await loadMnist({ split: "test", seed: 3 });
  const key = (set: typeof all, i: number) =>
    set.labels[i] + ":" +
    set.images.data.subarray(i * 784, (i + 1) * 784).join();
  const keys = (set: typeof all) =>
    Array.from(set.labels, (_, i) => key(set, i)).sort();
  assert(keys(all).join("\n") === keys(drawn).join("\n"));
});

Deno.test("loadMnist() refuses a bad limit", async () => {
  for (const limit of [0, -1, 2.5, NaN, 10001]) {
    await assertRejects(
      () => loadMnist({ split: "test", limit }),
      RangeError,
      `but found ${limit}`,
    );
  }
  await assertRejects(
    () => loadMnist({ split: "test", limit: 10001 }),
    RangeError,
    "from 1 to 10000",
  );
});

Deno.test("the loaders refuse another split", async () => {
  for (const load of [loadMnist, loadFashionMnist, loadEmoji]) {
    await assertRejects(
      () => load({ split: "validation" as "test" }),
      TypeError,
      `${load.name}() expects the split "train" or "test" but found "validation"`,
    );
  }
});

Deno.test("loadMnist() works from another working directory", async () => {
  const before = Deno.cwd();
  try {
    Deno.chdir("/");
    assertEquals((await loadMnist({ split: "test", limit: 1 })).labels[0], 7);
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("loadEmoji() loads both splits with captions", async () => {
  const train = await loadEmoji();
  const test = await loadEmoji({ split: "test" });
  assertEquals(train.images.shape, [2513, 32, 32, 3]);
  assertEquals(test.images.shape, [302, 32, 32, 3]);
  const counts = (labels: Labels) =>
    train.classNames.map((_, c) =>
      labels.filter((label) => label === c).length
    );
  assertEquals(counts(train.labels), [402, 373, 338, 527, 198, 675]);
  assertEquals(counts(test.labels), [66, 54, 27, 66, 24, 65]);
  assertEquals(train.captions.length, 2513);
  const seen = new Set(train.captions.map((caption) => caption.hexcode));
  assert(test.captions.every((caption) => !seen.has(caption.hexcode)));
  assertEquals(train.captions[0].en, "beach with umbrella");
  assertEquals(train.captions[0].tags_ko, ["우산", "파라솔", "해변"]);
});

Deno.test("loadEmoji() keeps captions with their images in a sample", async () => {
  const { labels, classNames, captions } = await loadEmoji({
    limit: 50,
    seed: 2,
  });
  assertEquals(
    captions.map((caption) => caption.class),
    Array.from(labels, (label) => classNames[label]),
  );
});

Deno.test("loadSet() refuses images and labels that do not match in number", async () => {
  await assertRejects(
    () => loadSmall([1, 2, 3], [0, 1]),
    TypeError,
    "one label an image but found 3 images in",
  );
});

Deno.test("loadSet() refuses a label that names no class", async () => {
  await assertRejects(
    () => loadSmall([1, 2, 3], [0, 1, 2]),
    RangeError,
    "expects labels from 0 to 1 but found 2 at place 2",
  );
});

Deno.test("decodeCaptions() names the line that is damaged", () => {
  const good = JSON.stringify({
    emoji: "e",
    hexcode: "1",
    class: "c",
    style: "s",
    en: "e",
    ko: "k",
    tags_en: [],
    tags_ko: [],
  });
  assertEquals(decodeCaptions(`${good}\n${good}\n`, "f").length, 2);
  assertThrows(
    () => decodeCaptions(`${good}\n{`, "f.jsonl"),
    TypeError,
    "expects JSON in line 2 of f.jsonl",
  );
  assertThrows(
    () => decodeCaptions(good.replace('"ko"', '"xx"'), "f"),
    TypeError,
    'expects the text "ko" in line 1',
  );
  assertThrows(
    () => decodeCaptions(good.replace("[]", "[1]"), "f"),
    TypeError,
    'the list of texts "tags_en"',
  );
});

Deno.test("selectImages() refuses an index that is no image, by its own name", async () => {
  const set = await loadMnist({ split: "test", limit: 5 });
  const wrong: [unknown, string][] = [
    [[0, 5], "whole indices from 0 to 4 but found 5 at place 1"],
    [[0.5], "found 0.5 at place 0"],
    [["1"], 'found "1" at place 0'],
    [3, "a list of indices but found 3"],
  ];
  for (const [indices, message] of wrong) {
    assertThrows(
      () => selectImages(set, indices as number[]),
      Error,
      message,
    );
  }
});

Deno.test("selectImages() keeps images, labels and captions together", async () => {
  const set = await loadEmoji({ split: "test", limit: 10 });
  const chosen = selectImages(set, [4, 1]);
  assertEquals(chosen.labels, new Uint8Array([set.labels[4], set.labels[1]]));
  assertEquals(chosen.captions![1], set.captions[1]);
  assertEquals(
    chosen.images.data.slice(0, 3072),
    set.images.data.slice(4 * 3072, 5 * 3072),
  );
});

Deno.test("batchesOf() shows every image once, the rest in a smaller batch", async () => {
  const set = await loadMnist({ split: "test", limit: 25 });
  for (const seed of [undefined, 5]) {
    const batches = [...batchesOf(set, { batchSize: 10, seed })];
    assertEquals(batches.map((batch) => batch.images.shape[0]), [10, 10, 5]);
    const indices = batches.flatMap((batch) => [...batch.indices]);
    assertEquals(
      indices.toSorted((a, b) => a - b),
      Array.from({ length: 25 }, (_, i) => i),
    );
    assertEquals(
      indices[0] === 0 && indices[1] === 1 && indices[2] === 2,
      seed === undefined,
    );
    for (const { images, labels, indices } of batches) {
      indices.forEach((index, i) => {
        assertEquals(labels[i], set.labels[index]);
        assertEquals(
          images.data.slice(i * 784, (i + 1) * 784),
          set.images.data.slice(index * 784, (index + 1) * 784),
        );
      });
    }
  }
});

Deno.test("batchesOf() refuses a bad batch size at the call", async () => {
  const set = await loadMnist({ split: "test", limit: 2 });
  for (const batchSize of [0, 1.5, NaN]) {
    assertThrows(
      () => batchesOf(set, { batchSize }),
      RangeError,
      `but found ${batchSize}`,
    );
  }
});

Deno.test("the loaders tell a misspelt option", async () => {
  for (const load of [loadMnist, loadFashionMnist, loadEmoji]) {
    await assertRejects(
      // deno-lint-ignore no-explicit-any
      () => load({ limt: 5 } as any),
      TypeError,
      `${load.name}() expects only the options split, limit, seed but found "limt"`,
    );
  }
});
