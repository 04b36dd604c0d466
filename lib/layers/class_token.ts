import { checkShape } from "../base/check.ts";
import { allocate, type Tensor } from "../base/tensor.ts";
import { define, flow, type Kind, type SimpleLayer } from "./define.ts";
import { checkTokens, tokenShape } from "./tokens.ts";

/**
 * Puts one learned token before the others; attention collects in it what the
 * classifier reads.
 *
 * Source: Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020, equation 1.
 *
 * @param x Tokens [N, T, d].
 * @param token The token [d], the same for each picture.
 * @returns [N, T + 1, d].
 * @throws {TypeError} Shapes that do not fit.
 *
 * @example
 * ```ts
 * import { classToken, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const y = classToken(tensor([[[1, 2]]]), tensor([7, 8]));
 * assertEquals([...y.data], [7, 8, 1, 2]);
 * ```
 */
export function classToken(x: Tensor, token: Tensor): Tensor {
  const fn = "classToken";
  checkTokens(fn, "x", x);
  const [batch, count, size] = x.shape;
  checkShape(fn, "a token", token, [size], "as many numbers as a token of x");
  const before = count * size, after = before + size;
  const y = allocate(batch * after, x.data);
  for (let n = 0; n < batch; n++) {
    y.set(token.data, n * after);
    y.set(x.data.subarray(n * before, (n + 1) * before), n * after + size);
  }
  return { shape: [batch, count + 1, size], data: y };
}

/**
 * Gradients of {@linkcode classToken}: the token collects dy of the first place over
 * the batch, the others get theirs.
 *
 * @param x Tokens [N, T, d]; only the shape matters.
 * @param dy Gradient of the loss for classToken()'s output [N, T + 1, d].
 * @returns `dx` like x, `dToken` [d].
 * @throws {TypeError} A dy that does not fit.
 *
 * @example
 * ```ts
 * import { classTokenBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dy = tensor([[[1, 2], [3, 4]]]);
 * const { dx, dToken } = classTokenBackward(tensor([[[0, 0]]]), dy);
 * assertEquals([[...dToken.data], [...dx.data]], [[1, 2], [3, 4]]);
 * ```
 */
export function classTokenBackward(
  x: Tensor,
  dy: Tensor,
): { dx: Tensor; dToken: Tensor } {
  const fn = "classTokenBackward";
  checkTokens(fn, "x", x);
  const [batch, count, size] = x.shape;
  const remedy = "dy has one token more than x";
  checkShape(fn, "dy", dy, [batch, count + 1, size], remedy);
  const before = count * size, after = before + size;
  const dx = allocate(batch * before, x.data);
  const sums = new Float64Array(size);
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < size; j++) sums[j] += dy.data[n * after + j];
    const rest = dy.data.subarray(n * after + size, (n + 1) * after);
    dx.set(rest, n * before);
  }
  const dToken = allocate(size, x.data);
  dToken.set(sums);
  return {
    dx: { shape: [...x.shape], data: dx },
    dToken: { shape: [size], data: dToken },
  };
}

/** A learned token before the others. */
export interface ClassTokenLayer extends SimpleLayer<"classToken"> {
  /** false: training leaves the token as it is; true unless told. */
  readonly trainable?: boolean;
}

/** The class token in a network: [T, d] becomes [T + 1, d]. */
export const classTokenLayer: Kind<ClassTokenLayer> = define({
  kind: "classToken",
  settings: {},
  shape(input) {
    const [count, size] = tokenShape(input);
    return [count + 1, size];
  },
  weights: (input) => ({
    token: { shape: [tokenShape(input)[1]], start: { deviation: 0.02 } },
  }),
  run: (x, { token }) => [classToken(x, token), (dy) => {
    const { dx, dToken } = classTokenBackward(x, dy);
    return flow(dx, { token: dToken });
  }],
  label: () => "class token",
  small: true,
  tfjs: {
    className: "ClassToken",
    compute(tf, x, { token }) {
      const [batch, , size] = x.shape;
      const first = token.reshape([1, 1, size]).tile([batch, 1, 1]);
      return tf.concat([first, x], 1);
    },
  },
});
