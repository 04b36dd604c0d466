import { infoNce, l2Normalize } from "../layers/mod.ts";
import type { Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { wholeNumbers } from "./random_case.ts";

/** A student's loss of pairs. */
export type InfoNceSolution = (
  a: Tensor,
  b: Tensor,
  temperature: number,
) => number | Promise<number>;

/** The loss with other rows, logits or means. */
function loss(
  a: Tensor,
  b: Tensor,
  logit: (cosine: number) => number,
  {
    directions = [0, 1],
    own = (i: number) => i,
    mean = true,
  }: { directions?: number[]; own?: (i: number) => number; mean?: boolean } =
    {},
): number {
  const [count, size] = a.shape;
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < size; c++) {
      sum += a.data[i * size + c] * b.data[j * size + c];
    }
    return logit(sum);
  };
  let total = 0;
  for (const direction of directions) {
    for (let i = 0; i < count; i++) {
      const row = Array.from(
        { length: count },
        (_, j) => direction === 0 ? dot(i, j) : dot(j, i),
      );
      const most = Math.max(...row);
      const sum = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
      total += most + Math.log(sum) - row[own(i)];
    }
  }
  return total / directions.length / (mean ? count : 1);
}

const unit = (a: Tensor, b: Tensor) =>
  [l2Normalize(a), l2Normalize(b)] as const;

/**
 * Checks a student's contrastive loss: (a [N, d], b [N, d], temperature) => the mean
 * of both directions.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkInfoNce, infoNce } from "cnn";
 *
 * await checkInfoNce(
 *   (a, b, temperature) => infoNce(a, b, { temperature }).loss,
 *   { exercise: "8.6" },
 * );
 * ```
 */
export const checkInfoNce: Check<InfoNceSolution> = check({
  check: "checkInfoNce",
  name: "infoNce",
  names: ["a", "b", "temperature"],
  cases: ({ stream }) =>
    [[2, 2], [2, 3], [3, 3], [4, 5]].map((shape, i) => [
      map(wholeNumbers(shape, stream), (value) => value / 2),
      wholeNumbers(shape, stream),
      [0.5, 2, 0.25, 0.5][i],
    ]),
  expected: (a, b, temperature) => infoNce(a, b, { temperature }).loss,
  mistakes: [{
    "one direction only": [
      "take the mean of both: from a to b and from b to a",
      (a, b, t) => loss(...unit(a, b), (v) => v / t, { directions: [0] }),
      (a, b, t) => loss(...unit(a, b), (v) => v / t, { directions: [1] }),
    ],
    "sum of both directions": [
      "halve the sum of the two directions",
      (a, b, t) => 2 * loss(...unit(a, b), (v) => v / t),
    ],
    "multiplied by the temperature": [
      "divide the cosines by the temperature",
      (a, b, t) => loss(...unit(a, b), (v) => v * t),
    ],
    "temperature left out": [
      "divide the cosines by the temperature",
      (a, b) => loss(...unit(a, b), (v) => v),
    ],
    "not normalised": [
      "bring every row to length 1 before you multiply",
      (a, b, t) => loss(a, b, (v) => v / t),
    ],
    "only one side normalised": [
      "bring the rows of both to length 1",
      (a, b, t) => loss(l2Normalize(a), b, (v) => v / t),
      (a, b, t) => loss(a, l2Normalize(b), (v) => v / t),
    ],
    "sum instead of mean": [
      "divide by the number of pairs",
      (a, b, t) => loss(...unit(a, b), (v) => v / t, { mean: false }),
    ],
    "labels not on the diagonal": [
      "row i belongs to row i: its right class is i",
      (a, b, t) => loss(...unit(a, b), (v) => v / t, { own: () => 0 }),
    ],
    "sign the wrong way round": [
      "the loss is minus the logarithm of the probability",
      (a, b, t) => -loss(...unit(a, b), (v) => v / t),
    ],
  }],
});
