import { checkShape, checkTensor } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { l2Normalize, l2NormalizeBackward } from "./l2_normalize.ts";
import { softmaxRows } from "./softmax.ts";

/** What infoNce() finds. */
export interface InfoNce {
  /** The mean of both directions. */
  loss: number;
  /** Gradient for a [N, d]. */
  dA: Tensor;
  /** Gradient for b [N, d]. */
  dB: Tensor;
}

/**
 * Loss of pairs that should find each other: row i of a belongs to row i of b and to
 * no other.
 *
 * Rows are brought to length 1; their dot products, divided by the temperature, are
 * the logits of two classifications, from a to b and from b to a, whose right class
 * is the row's own number. Source: Radford et al., "Learning Transferable Visual
 * Models From Natural Language Supervision", 2021, figure 3.
 *
 * @param a Rows [N, d], such as pictures.
 * @param b Rows [N, d], such as their captions.
 * @param options `temperature` 0.07: smaller asks for clearer differences.
 * @returns `loss`, the mean of both directions, and its gradients `dA` and `dB`.
 * @throws {TypeError} Shapes that differ or hold nothing; an unknown option.
 * @throws {RangeError} A temperature that is not above 0.
 *
 * @example
 * ```ts
 * import { infoNce, tensor } from "cnn";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const a = tensor([[1, 0], [0, 1]]), same = tensor([[1, 1], [1, 1]]);
 * const { loss } = infoNce(a, same, { temperature: 1 });
 * assertAlmostEquals(loss, Math.log(2), 1e-6); // one of two, at random
 * assert(infoNce(a, a, { temperature: 0.1 }).loss < 1e-4);
 * ```
 */
export function infoNce(
  a: Tensor,
  b: Tensor,
  options: { temperature?: number } = {},
): InfoNce {
  const fn = "infoNce";
  const { temperature } = settle(fn, options, { temperature: 0.07 });
  checkTensor(fn, "a", a, "[N, d]");
  if (a.data.length === 0) {
    throw new TypeError(
      `${fn}() expects a [N, d] with numbers in it but found ${
        shapeText(a.shape)
      }: pass at least one pair`,
    );
  }
  checkShape(fn, "b", b, a.shape, "row i of b belongs to row i of a");
  const remedy = "CLIP starts at 0.07";
  checkRange(fn, "a temperature", temperature, { above: 0, remedy });
  const [count, size] = a.shape;
  const from = l2Normalize(a).data, to = l2Normalize(b).data;
  // The logits of both directions: the second is the first, transposed.
  const there = new Float64Array(count * count);
  const back = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let c = 0; c < size; c++) {
        sum += from[i * size + c] * to[j * size + c];
      }
      there[i * count + j] = back[j * count + i] = sum / temperature;
    }
  }
  const loss = (crossEntropy(there, count) + crossEntropy(back, count)) / 2;
  const right = softmaxRows(there, count), left = softmaxRows(back, count);
  const dFrom = new Float64Array(from.length);
  const dTo = new Float64Array(to.length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const both = right[i * count + j] + left[j * count + i];
      const slope = (both - (i === j ? 2 : 0)) / (2 * count * temperature);
      for (let c = 0; c < size; c++) {
        dFrom[i * size + c] += slope * to[j * size + c];
        dTo[j * size + c] += slope * from[i * size + c];
      }
    }
  }
  const given = (data: Float64Array): Tensor => ({
    shape: [count, size],
    data,
  });
  return {
    loss,
    dA: l2NormalizeBackward(a, given(dFrom)),
    dB: l2NormalizeBackward(b, given(dTo)),
  };
}

/** Mean over the rows of -log of the probability of the row's own number. */
function crossEntropy(logits: Float64Array, count: number): number {
  let loss = 0;
  for (let i = 0; i < count; i++) {
    const row = logits.subarray(i * count, (i + 1) * count);
    const most = Math.max(...row);
    const sum = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    loss += Math.log(sum) + most - row[i];
  }
  return loss / count;
}
