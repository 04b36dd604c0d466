import { type Tensor, zeros } from "../base/tensor.ts";
import { map, transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";

/** A student's recall at k. */
export type RecallAtSolution = (
  similarity: Tensor,
  k: number,
) => number | Promise<number>;

/** The share of rows whose own column has fewer than k others before it. */
function recall(
  similarity: Tensor,
  k: number,
  before: (other: number, own: number) => boolean = (other, own) =>
    other >= own,
): number {
  const [count] = similarity.shape;
  let hits = 0;
  for (let i = 0; i < count; i++) {
    const own = similarity.data[i * count + i];
    let ahead = 0;
    for (let j = 0; j < count; j++) {
      if (j !== i && before(similarity.data[i * count + j], own)) ahead++;
    }
    if (ahead < k) hits++;
  }
  return hits / count;
}

/**
 * Checks a student's recall at k: (similarity [N, N], k) => the share of queries (rows)
 * whose own picture (the same column) is among the k most similar; ties count against it.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkRecallAt } from "cnn";
 *
 * await checkRecallAt(({ shape: [n], data }, k) => {
 *   let hits = 0;
 *   for (let i = 0; i < n; i++) {
 *     const row = data.subarray(i * n, i * n + n);
 *     if (row.filter((value, j) => j !== i && value >= row[i]).length < k) hits++;
 *   }
 *   return hits / n;
 * }, { exercise: "8.7" });
 * ```
 */
export const checkRecallAt: Check<RecallAtSolution> = check({
  check: "checkRecallAt",
  name: "recallAt",
  names: ["similarity", "k"],
  cases: ({ stream }) =>
    [[3, 1], [5, 1], [7, 2], [9, 3], [12, 4]].map(([n, k]) => {
      // Few different values, so that some tie.
      const drawn = map(zeros([n, n]), () => stream.integer(5) / 4 - 0.5);
      for (let i = 0; i < n; i++) drawn.data[i * n + i] = 0.25 + i % 3 / 8;
      return [drawn, k];
    }),
  expected: (similarity, k) => recall(similarity, k),
  mistakes: [{
    "rows and columns swapped": [
      "a row is a query: compare the numbers of its row",
      (s, k) => recall(transpose(s), k),
    ],
    "one place too many": [
      "own picture included, it must be among the first k: fewer than k may stand before it",
      (s, k) => recall(s, k + 1),
    ],
    "ties counted for us": [
      "who is as similar stands before: else a model that knows nothing is always right",
      (s, k) => recall(s, k, (other, own) => other > own),
    ],
    "one place too few": [
      "fewer than k others may stand before it, not fewer than k - 1",
      (s, k) => recall(s, k - 1),
    ],
    "the least similar first": [
      "more similar is better: sort downwards",
      (s, k) => recall(s, k, (other, own) => other <= own),
    ],
    "a count, not a share": [
      "divide by the number of queries",
      (s, k) => recall(s, k) * s.shape[0],
    ],
  }],
});
