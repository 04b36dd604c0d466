import { checkCount, checkTensor } from "../base/check.ts";
import { random, randomNormal } from "../base/random.ts";
import { gather, type Tensor, zeros } from "../base/tensor.ts";
import { dense, denseBackward, infoNce, l2Normalize } from "../layers/mod.ts";
import { makeOptimizer } from "./optimizer.ts";
import { drawPairs, sumOfWords } from "./pairs.ts";
import { cosineSchedule } from "./schedule.ts";
import { settingsOf } from "./settings.ts";
import { settleTowers, type TowerOptions } from "./tower_options.ts";

export type { TowerOptions };

/** Two towers that were trained to meet. */
export interface Towers {
  /** Loss of each step. */
  readonly losses: readonly number[];
  /** Features [N, D] as rows of length 1, [N, size]. */
  pictures(features: Tensor): Tensor;
  /** Captions, each as the numbers of its words, as rows of length 1, [N, size]. */
  captions(ids: readonly (readonly number[])[]): Tensor;
}

/**
 * Trains a picture tower and a caption tower until each picture finds its caption and
 * each caption its picture, by infoNce().
 *
 * The picture tower is one dense layer on features; the caption tower adds up a learned
 * row for each of its words. Source: Radford et al., "Learning Transferable Visual
 * Models From Natural Language Supervision", 2021, at a small size.
 *
 * @param features Of the pictures [N, D], about 0 and 1 in mean and spread.
 * @param ids For each picture the numbers of its caption's words.
 * @param options `words` and `seed` are needed.
 * @throws {TypeError} Captions that are not as many as pictures; an unknown option.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { fitTowers, matmul, randomNormal, transpose } from "cnn";
 * import { assert } from "@std/assert";
 *
 * // Eight pictures with a word each: the towers learn to match them.
 * const features = randomNormal([8, 16], 1);
 * const ids = Array.from({ length: 8 }, (_, i) => [i]);
 * const towers = fitTowers(features, ids, { words: 8, seed: 1, batchSize: 8 });
 * assert(towers.losses.at(-1)! < towers.losses[0]);
 * const similarity = matmul(
 *   towers.pictures(features),
 *   transpose(towers.captions(ids)),
 * );
 * assert(similarity.data[0] > similarity.data[1]);
 * ```
 */
export function fitTowers(
  features: Tensor,
  ids: readonly (readonly number[])[],
  options: TowerOptions,
): Towers {
  const fn = "fitTowers";
  const settled = settleTowers(fn, options);
  const { words, seed, size, steps, batchSize, temperature, drop } = settled;
  const { learningRate, weightDecay } = settled;
  checkTensor(fn, "features", features, "[N, D]");
  const [count, width] = features.shape;
  if (ids?.length !== count) {
    throw new TypeError(
      `${fn}() expects the words of ${count} captions but found ${
        ids?.length ?? "none"
      }: pass a list of numbers for each picture`,
    );
  }
  const stream = random(seed);
  const weights = new Map([
    [
      "picture/kernel",
      randomNormal([width, size], seed, {
        deviation: Math.sqrt(1 / width),
      }),
    ],
    ["word/kernel", randomNormal([words, size], seed, { deviation: 0.1 })],
  ]);
  const kernel = weights.get("picture/kernel")!;
  const table = weights.get("word/kernel")!;
  const optimizer = makeOptimizer(
    settingsOf(fn, { optimizer: "adam", learningRate, weightDecay }),
  );
  const schedule = cosineSchedule({ warmup: 0.05 });
  const losses: number[] = [];
  const drawn = drawPairs(ids, { steps, batchSize, drop, stream });
  for (const { batch, kept, done } of drawn) {
    const x = gather(features, batch);
    const { loss, dA, dB } = infoNce(
      dense(x, kernel),
      sumOfWords(kept, table),
      { temperature },
    );
    losses.push(loss);
    const dTable = zeros(table.shape);
    kept.forEach((caption, n) => {
      for (const id of caption) {
        for (let c = 0; c < size; c++) {
          dTable.data[id * size + c] += dB.data[n * size + c];
        }
      }
    });
    optimizer.learningRate = learningRate * schedule(done);
    const { dKernel } = denseBackward(x, kernel, dA);
    const gradients = new Map([
      ["picture/kernel", dKernel],
      ["word/kernel", dTable],
    ]);
    optimizer.update(weights, gradients);
  }
  return {
    losses,
    pictures: (features) => l2Normalize(dense(features, kernel)),
    captions: (ids) => l2Normalize(sumOfWords(ids, table)),
  };
}

/**
 * The share of queries whose own answer is among the k most similar ones; ties count
 * against it.
 *
 * @param similarity [N, N]: a row for each query, whose own answer is the column of the
 * same number.
 * @param k How many answers are looked at.
 * @returns From 0 to 1.
 * @throws {TypeError} No square table.
 * @throws {RangeError} A k that is not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { recallAt, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const similarity = tensor([[0.9, 0.1], [0.8, 0.3]]);
 * assertEquals(recallAt(similarity, 1), 0.5);
 * ```
 */
export function recallAt(similarity: Tensor, k: number): number {
  const fn = "recallAt";
  checkTensor(fn, "similarity", similarity, "[N, N]");
  checkCount(fn, "k", k);
  const [count, columns] = similarity.shape;
  if (count !== columns) {
    throw new TypeError(
      `${fn}() expects as many answers as queries but found [${count}, ${columns}]: row i belongs to column i`,
    );
  }
  let hits = 0;
  for (let i = 0; i < count; i++) {
    const row = [...similarity.data.slice(i * count, (i + 1) * count)];
    const ahead = row.filter((value, j) => j !== i && value >= row[i]).length;
    if (ahead < k) hits++;
  }
  return hits / count;
}
