/** Pictures and captions in pairs: what both kinds of towers learn from. */
import { permutation, type Random } from "../base/random.ts";
import { allocate, type Tensor } from "../base/tensor.ts";

/**
 * The pairs of each step: which ones, the words of their captions that are kept, and the
 * share of the steps that is done.
 */
export function* drawPairs(
  ids: readonly (readonly number[])[],
  { steps, batchSize, drop, stream }: {
    steps: number;
    batchSize: number;
    drop: number;
    stream: Random;
  },
): Generator<{ batch: Uint32Array; kept: number[][]; done: number }> {
  const count = ids.length, small = Math.min(batchSize, count);
  let order = new Uint32Array(0), at = 0;
  for (let step = 0; step < steps; step++) {
    if (at + small > order.length) {
      order = Uint32Array.from(permutation(count, stream));
      at = 0;
    }
    const batch = order.subarray(at, at += small);
    const kept = Array.from(
      batch,
      (i) => ids[i].filter(() => stream.uniform() >= drop),
    );
    yield { batch, kept, done: step / steps };
  }
}

/** For each caption the sum of its words' rows, [N, size]. */
export function sumOfWords(
  ids: readonly (readonly number[])[],
  table: Tensor,
): Tensor {
  const [, size] = table.shape;
  const data = allocate(ids.length * size, table.data);
  ids.forEach((caption, n) => {
    for (const id of caption) {
      for (let c = 0; c < size; c++) {
        data[n * size + c] += table.data[id * size + c];
      }
    }
  });
  return { shape: [ids.length, size], data };
}
