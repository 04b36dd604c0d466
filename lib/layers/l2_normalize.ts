import { checkShape } from "../base/check.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";
import { rowSize } from "./rows.ts";

/** Shorter rows are divided by this. */
const SHORTEST = 1e-12;

/** The length of each row of `size` numbers. */
function lengthsOf(fn: string, x: Tensor): { size: number; lengths: number[] } {
  const size = rowSize(fn, x);
  const sums: number[] = new Array(x.data.length / size).fill(0);
  x.data.forEach((value, i) => sums[Math.floor(i / size)] += value * value);
  const lengths = sums.map((sum) => Math.max(Math.sqrt(sum), SHORTEST));
  return { size, lengths };
}

/**
 * Brings each row to length 1, so that a dot product of two rows is the cosine of
 * the angle between them.
 *
 * @param x [..., d]; a row is the last axis.
 * @returns The same shape; a row of zeros stays one.
 * @throws {TypeError} A tensor without axes or without values.
 *
 * @example
 * ```ts
 * import { l2Normalize, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = l2Normalize(tensor([[3, 4]], undefined, { dtype: "float64" })).data;
 * assertEquals([a, b], [0.6, 0.8]);
 * ```
 */
export function l2Normalize(x: Tensor): Tensor {
  const { size, lengths } = lengthsOf("l2Normalize", x);
  const y = zerosLike(x);
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[i] / lengths[Math.floor(i / size)];
  }
  return y;
}

/**
 * Gradient of {@linkcode l2Normalize}: dx = (dy - y * sum of dy * y) / length, what is
 * left of dy across the row.
 *
 * @param x What l2Normalize() got [..., d].
 * @param dy Gradient of the loss for l2Normalize()'s output, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} As l2Normalize(); a dy of another shape than x.
 *
 * @example
 * ```ts
 * import { l2NormalizeBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * // along the row nothing changes, across it everything does
 * const dx = l2NormalizeBackward(tensor([[2, 0]]), tensor([[8, 8]]));
 * assertEquals([...dx.data], [0, 4]);
 * ```
 */
export function l2NormalizeBackward(x: Tensor, dy: Tensor): Tensor {
  const fn = "l2NormalizeBackward";
  const { size, lengths } = lengthsOf(fn, x);
  checkShape(fn, "dy", dy, x.shape, "dy has the shape of x");
  const dx = zerosLike(x);
  lengths.forEach((length, row) => {
    const from = row * size;
    let along = 0;
    for (let i = from; i < from + size; i++) {
      along += dy.data[i] * x.data[i] / length;
    }
    // A row that is too short is divided by a constant.
    if (length === SHORTEST) along = 0;
    for (let i = from; i < from + size; i++) {
      dx.data[i] = (dy.data[i] - along * x.data[i] / length) / length;
    }
  });
  return dx;
}

/** Rows of length 1 in a network. */
export const l2NormalizeLayer: Kind<SimpleLayer<"l2Normalize">> = define({
  kind: "l2Normalize",
  settings: {},
  shape: (input) => input,
  run: plainRun(l2Normalize, l2NormalizeBackward),
  window: (_settings, input) => input.length === 1 ? "all" : undefined,
  label: () => "length 1",
  small: true,
  tfjs: {
    className: "UnitRows",
    compute(tf, x) {
      const square = tf.maximum(x.square().sum(-1, true), SHORTEST ** 2);
      return x.mul(tf.rsqrt(square));
    },
  },
});
