import { attention, attentionWeights } from "../layers/mod.ts";
import { allocate, type Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { wholeNumbers } from "./random_case.ts";

/** A student's attention of one head. */
export type AttentionSolution = (
  q: Tensor,
  k: Tensor,
  v: Tensor,
) => Tensor | Promise<Tensor>;

/** Sums of values [N, T, d] by weights [N, T, T]; `own` gives the weight of j for i. */
function mixed(
  v: Tensor,
  own: (n: number, i: number, j: number) => number,
): Tensor {
  const [, count, size] = v.shape;
  const data = allocate(v.data.length, v.data);
  data.forEach((_, at) => {
    const c = at % size, i = Math.floor(at / size) % count;
    const n = Math.floor(at / (count * size));
    for (let j = 0; j < count; j++) {
      data[at] += own(n, i, j) * v.data[(n * count + j) * size + c];
    }
  });
  return { shape: v.shape, data };
}

/** q and k times a factor, so that the scores are divided by something else. */
const scaled =
  (by: (d: number) => number) => (q: Tensor, k: Tensor, v: Tensor) =>
    attention(map(q, (value) => value * by(q.shape[2])), k, v);

/** The scores, and those made of them, as weights. */
function scoresOf(q: Tensor, k: Tensor) {
  const [, count, size] = q.shape;
  return (n: number, i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < size; c++) {
      sum += q.data[(n * count + i) * size + c] *
        k.data[(n * count + j) * size + c];
    }
    return sum / Math.sqrt(size);
  };
}

/**
 * Checks a student's attention of one head: (q, k, v, each [N, T, d]) => y [N, T, d].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { attention, checkAttention } from "cnn";
 *
 * await checkAttention((q, k, v) => attention(q, k, v), { exercise: "8.3" });
 * ```
 */
export const checkAttention: Check<AttentionSolution> = check({
  check: "checkAttention",
  name: "attention",
  names: ["q", "k", "v"],
  cases({ stream }) {
    const shapes = [[1, 2, 4], [1, 3, 4], [2, 3, 4], [2, 4, 3], [1, 5, 6]];
    const draws = shapes.map((shape) => {
      const [q, k] = [0, 1].map(() =>
        map(wholeNumbers(shape, stream, 4), (value) => value / 4)
      );
      return [q, k, wholeNumbers(shape, stream, 9)] as const;
    });
    // Scores in the hundreds: an exponential of them is infinite.
    const [q, k, v] = draws[2];
    const large = map(q, (value) => 2000 * value);
    return [...draws.map((one) => [...one] as [Tensor, Tensor, Tensor]), [
      large,
      k,
      v,
    ]];
  },
  expected: (q, k, v) => attention(q, k, v),
  mistakes: [
    {
      "no scale": [
        "divide the scores by the root of d",
        scaled((d) => Math.sqrt(d)),
      ],
      "divided by d, not by its root": [
        "divide the scores by Math.sqrt(d)",
        scaled((d) => 1 / Math.sqrt(d)),
      ],
      "multiplied by the root of d": [
        "divide the scores by the root of d",
        scaled((d) => d),
      ],
      "softmax over the queries": [
        "each query shares itself out among the keys: the weights of a row sum to 1",
        (q, k, v) => {
          const count = q.shape[1];
          const w = attentionWeights(k, q); // [N, 1, key, query]
          return mixed(
            v,
            (n, i, j) => w.data[(n * count + j) * count + i],
          );
        },
      ],
      "queries and keys swapped": [
        "row i of the scores belongs to query i, column j to key j",
        (q, k, v) => attention(k, q, v),
      ],
      "one softmax for all scores": [
        "start the sum anew for each query",
        (q, k, v) => {
          const score = scoresOf(q, k), count = q.shape[1];
          return mixed(v, (n, i, j) => {
            let sum = 0;
            for (let a = 0; a < count; a++) {
              for (let b = 0; b < count; b++) sum += Math.exp(score(n, a, b));
            }
            return Math.exp(score(n, i, j)) / sum;
          });
        },
      ],
      "softmax missing": [
        "turn the scores of each query into weights by a softmax",
        (q, k, v) => mixed(v, scoresOf(q, k)),
      ],
      "weights applied the wrong way round": [
        "token i gets the sum over j of weight (i, j) times value j",
        (q, k, v) => {
          const count = q.shape[1], w = attentionWeights(q, k);
          return mixed(v, (n, i, j) => w.data[(n * count + j) * count + i]);
        },
      ],
      "keys instead of values": [
        "the weights come from queries and keys; what is summed are the values",
        (q, k) => attention(q, k, k),
      ],
      "maximum not subtracted": [
        "subtract the row's largest score before you take exp: exp(1000) is infinite",
        (q, k, v) => {
          const score = scoresOf(q, k), count = q.shape[1];
          return mixed(v, (n, i, j) => {
            let sum = 0;
            for (let b = 0; b < count; b++) sum += Math.exp(score(n, i, b));
            return Math.exp(score(n, i, j)) / sum;
          });
        },
      ],
      "only the first picture": [
        "loop over n too: tokens of one picture do not look at those of another",
        (q, k, v) =>
          mixed(v, (n, i, j) => {
            const count = q.shape[1];
            return n === 0 ? attentionWeights(q, k).data[i * count + j] : 0;
          }),
      ],
    },
  ],
});
