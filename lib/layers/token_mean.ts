import { checkShape } from "../base/check.ts";
import { allocate, type Tensor, zerosLike } from "../base/tensor.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";
import { checkTokens, tokenShape } from "./tokens.ts";

/**
 * The mean of a picture's tokens: what globalAvgPool2d() is to an image.
 *
 * @param x Tokens [N, T, d].
 * @returns [N, d] in the precision of x.
 * @throws {TypeError} An input without 3 axes.
 *
 * @example
 * ```ts
 * import { tensor, tokenMean } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...tokenMean(tensor([[[1, 2], [3, 6]]])).data], [2, 4]);
 * ```
 */
export function tokenMean(x: Tensor): Tensor {
  checkTokens("tokenMean", "x", x);
  const [batch, count, size] = x.shape;
  const sums = new Float64Array(batch * size);
  x.data.forEach((value, i) => {
    sums[Math.floor(i / (count * size)) * size + i % size] += value;
  });
  const y = allocate(sums.length, x.data);
  y.set(sums.map((sum) => sum / count));
  return { shape: [batch, size], data: y };
}

/**
 * Gradient of {@linkcode tokenMean}: every token gets dy / T.
 *
 * @param x Tokens [N, T, d]; only the shape matters.
 * @param dy Gradient of the loss for tokenMean()'s output [N, d].
 * @returns dx [N, T, d].
 * @throws {TypeError} An input without 3 axes; a dy that is not [N, d].
 *
 * @example
 * ```ts
 * import { tensor, tokenMeanBackward, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = tokenMeanBackward(zeros([1, 2, 1]), tensor([[8]]));
 * assertEquals([...dx.data], [4, 4]);
 * ```
 */
export function tokenMeanBackward(x: Tensor, dy: Tensor): Tensor {
  const fn = "tokenMeanBackward";
  checkTokens(fn, "x", x);
  const [batch, count, size] = x.shape;
  checkShape(fn, "dy", dy, [batch, size], "dy has one row for each picture");
  const dx = zerosLike(x);
  for (let i = 0; i < dx.data.length; i++) {
    const picture = Math.floor(i / (count * size));
    dx.data[i] = dy.data[picture * size + i % size] / count;
  }
  return dx;
}

/** The mean of the tokens in a network: [T, d] becomes [d]. */
export const tokenMeanLayer: Kind<SimpleLayer<"tokenMean">> = define({
  kind: "tokenMean",
  settings: {},
  shape: (input) => tokenShape(input).slice(1),
  run: plainRun(tokenMean, tokenMeanBackward),
  window: () => "all",
  label: () => "mean of tokens",
  family: "pooling",
  tfjs: {
    className: "TokenMean",
    compute: (_tf, x) => x.mean(1),
  },
});
