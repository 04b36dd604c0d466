import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  fitNetTowers,
  fitTowers,
  infoNce,
  layers,
  loadEmoji,
  matmul,
  network,
  randomNormal,
  recallAt,
  tensor,
  transpose,
  useBackend,
  vocabularyOf,
} from "cnn";

const features = randomNormal([24, 10], 3);
const ids = Array.from({ length: 24 }, (_, i) => [i % 12, 12 + i % 8]);

Deno.test("fitTowers() lets captions find their pictures, the same ones each time", () => {
  const options = { words: 20, seed: 5, steps: 200, batchSize: 12, drop: 0 };
  const towers = fitTowers(features, ids, options);
  const found = matmul(
    towers.captions(ids),
    transpose(towers.pictures(features)),
  );
  assert(recallAt(found, 1) > 0.85, `${recallAt(found, 1)}`);
  assertEquals(fitTowers(features, ids, options).losses, towers.losses);
  const other = fitTowers(features, ids, { ...options, seed: 6 });
  assert(other.losses[0] !== towers.losses[0]);
});

Deno.test("fitTowers() gives rows of length 1, and refuses captions of another number", () => {
  const towers = fitTowers(features, ids, { words: 20, seed: 1, steps: 1 });
  const { data } = towers.pictures(features);
  const length = Math.hypot(...data.slice(0, 64));
  assert(Math.abs(length - 1) < 1e-5);
  assertThrows(
    () => fitTowers(features, ids.slice(1), { words: 20, seed: 1 }),
    TypeError,
    "fitTowers() expects the words of 24 captions but found 23",
  );
});

const linear = network("linear", [1, 1, 10], [
  layers.flatten(),
  layers.dense({ units: 64 }),
]);
const images = { shape: [24, 1, 1, 10], data: features.data };

Deno.test("fitNetTowers() lets captions find their pictures, the same ones each time", async () => {
  await useBackend("cpu");
  const options = { words: 20, seed: 5, steps: 200, batchSize: 12, drop: 0 };
  const towers = await fitNetTowers(linear, images, ids, options);
  const found = matmul(
    towers.captions(ids),
    transpose(await towers.pictures(images)),
  );
  assert(recallAt(found, 1) > 0.85, `${recallAt(found, 1)}`);
  const again = await fitNetTowers(linear, images, ids, {
    ...options,
    steps: 3,
  });
  assertEquals(again.losses.length, 3);
  assertEquals(again.losses[0], towers.losses[0]);
  for (const made of [towers, again]) made.dispose();
});

Deno.test("fitNetTowers() falls by the loss of infoNce()", async () => {
  await useBackend("cpu");
  const options = {
    ...{ words: 20, seed: 5, batchSize: 24, drop: 0, weightDecay: 0 },
    ...{ learningRate: 1e-9, steps: 1 }, // the weights stay
  };
  const towers = await fitNetTowers(linear, images, ids, options);
  const { loss } = infoNce(
    await towers.pictures(images),
    towers.captions(ids),
    { temperature: 0.1 },
  );
  assert(Math.abs(loss - towers.losses[0]) < 1e-4, `${loss}`);
  towers.dispose();
});

Deno.test("fitNetTowers() refuses captions or a network that do not fit", async () => {
  await useBackend("cpu");
  await assertRejects(
    () => fitNetTowers(linear, images, ids.slice(1), { words: 20, seed: 1 }),
    TypeError,
    "fitNetTowers() expects the words of 24 captions and a network that makes 64 numbers but found 23 captions and [64]",
  );
  await assertRejects(
    () => fitNetTowers(linear, images, ids, { words: 20, seed: 1, size: 8 }),
    TypeError,
    "a network that makes 8 numbers but found 24 captions and [64]",
  );
});

Deno.test("recallAt() counts ties against us: who answers the same to all finds nothing", () => {
  const same = tensor([[1, 1, 1], [1, 1, 1], [1, 1, 1]]);
  assertEquals([1, 2, 3].map((k) => recallAt(same, k)), [0, 0, 1]);
  const ranked = tensor([[3, 2, 1], [3, 2, 1], [3, 2, 1]]);
  assertEquals([1, 2, 3].map((k) => recallAt(ranked, k)), [1 / 3, 2 / 3, 1]);
  assertThrows(() => recallAt(tensor([[1, 2]]), 1), TypeError, "[1, 2]");
});

Deno.test("vocabularyOf() keeps the words that two emoji share, in either language", async () => {
  const { captions } = await loadEmoji();
  const { words, idsOf } = vocabularyOf(captions, { language: "ko" });
  const having = (word: string) =>
    new Set(
      captions.filter(({ ko, tags_ko }) =>
        [ko, ...tags_ko].some((text) =>
          text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu)?.includes(word)
        )
      ).map(({ hexcode }) => hexcode),
    ).size;
  for (const word of words.slice(0, 20)) assert(having(word) >= 2, word);
  assertEquals(idsOf("동물 동물 zzz").map((id) => words[id]), ["동물"]);
  assert(vocabularyOf(captions, { least: 1 }).words.length > words.length);
});
