import { allocate, shapeText, type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import { define, flow, type Kind, type SimpleLayer } from "./define.ts";

/**
 * Turns each row of scores into probabilities: exp(x) / sum of exp(x).
 *
 * The row's maximum is subtracted first, so that no exponential overflows; the
 * result is the same. The row is the last axis.
 *
 * @param x Scores [..., C].
 * @returns Probabilities of the same shape; each row sums to 1.
 * @throws {TypeError} A tensor without axes or without values.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...softmax(tensor([[1000, 1000]])).data], [0.5, 0.5]);
 * ```
 */
export function softmax(x: Tensor): Tensor {
  checkTensor("softmax", "x", x);
  if (x.shape.length === 0 || x.data.length === 0) {
    throw new TypeError(
      `softmax() expects x [..., C] with C of 1 or more but found ${
        shapeText(x.shape)
      }: the last axis holds the scores of one row`,
    );
  }
  const data = allocate(x.data.length, x.data);
  data.set(softmaxRows(x.data, x.shape[x.shape.length - 1]));
  return { shape: [...x.shape], data };
}

/** Softmax of each row of `classes` numbers, in float64. */
export function softmaxRows(
  x: ArrayLike<number>,
  classes: number,
): Float64Array {
  const y = new Float64Array(x.length);
  for (let row = 0; row < y.length; row += classes) {
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) {
      largest = Math.max(largest, x[row + j]);
    }
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      y[row + j] = Math.exp(x[row + j] - largest);
      sum += y[row + j];
    }
    for (let j = 0; j < classes; j++) y[row + j] /= sum;
  }
  return y;
}

/**
 * Gradient of {@linkcode softmax}: dx = y * (dy - sum of dy * y).
 *
 * @param y What softmax() returned, [..., C].
 * @param dy Gradient of the loss for y, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than y.
 *
 * @example
 * ```ts
 * import { softmaxBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = softmaxBackward(tensor([[0.5, 0.5]]), tensor([[1, 0]]));
 * assertEquals([...dx.data], [0.25, -0.25]);
 * ```
 */
export function softmaxBackward(y: Tensor, dy: Tensor): Tensor {
  checkTensor("softmaxBackward", "y", y);
  checkShape("softmaxBackward", "dy", dy, y.shape, "dy has the shape of y");
  const classes = y.shape[y.shape.length - 1];
  const dx = zerosLike(y);
  for (let row = 0; row < y.data.length; row += classes) {
    let inner = 0;
    for (let j = row; j < row + classes; j++) inner += dy.data[j] * y.data[j];
    for (let j = row; j < row + classes; j++) {
      dx.data[j] = y.data[j] * (dy.data[j] - inner);
    }
  }
  return dx;
}

/** Softmax in a network; the trainers expect nets without it. */
export const softmaxLayer: Kind<SimpleLayer<"softmax">> = define({
  kind: "softmax",
  settings: {},
  shape: (input) => input,
  run(x) {
    const y = softmax(x);
    return [y, (dy) => flow(softmaxBackward(y, dy))];
  },
  label: () => "softmax",
  small: true,
  tfjs: (tf, _settings, { name }) => tf.layers.softmax({ name, axis: -1 }),
});
