import { checkShape } from "../base/check.ts";
import { allocate, type Tensor, zerosLike } from "../base/tensor.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";
import { checkTokens, tokenShape } from "./tokens.ts";

/**
 * The first token of each picture: behind classToken() and attention, the one that
 * the classifier reads.
 *
 * @param x Tokens [N, T, d].
 * @returns [N, d].
 * @throws {TypeError} An input without 3 axes.
 *
 * @example
 * ```ts
 * import { firstToken, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...firstToken(tensor([[[1, 2], [3, 4]]])).data], [1, 2]);
 * ```
 */
export function firstToken(x: Tensor): Tensor {
  checkTokens("firstToken", "x", x);
  const [batch, count, size] = x.shape;
  const y = allocate(batch * size, x.data);
  for (let n = 0; n < batch; n++) {
    const from = n * count * size;
    y.set(x.data.subarray(from, from + size), n * size);
  }
  return { shape: [batch, size], data: y };
}

/**
 * Gradient of {@linkcode firstToken}: dy for the first token, 0 for the others.
 *
 * @param x Tokens [N, T, d]; only the shape matters.
 * @param dy Gradient of the loss for firstToken()'s output [N, d].
 * @returns dx [N, T, d].
 * @throws {TypeError} An input without 3 axes; a dy that is not [N, d].
 *
 * @example
 * ```ts
 * import { firstTokenBackward, tensor, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = firstTokenBackward(zeros([1, 2, 2]), tensor([[5, 6]]));
 * assertEquals([...dx.data], [5, 6, 0, 0]);
 * ```
 */
export function firstTokenBackward(x: Tensor, dy: Tensor): Tensor {
  const fn = "firstTokenBackward";
  checkTokens(fn, "x", x);
  const [batch, count, size] = x.shape;
  checkShape(fn, "dy", dy, [batch, size], "dy has one row for each picture");
  const dx = zerosLike(x);
  for (let n = 0; n < batch; n++) {
    const row = dy.data.subarray(n * size, (n + 1) * size);
    dx.data.set(row, n * count * size);
  }
  return dx;
}

/** The first token in a network: [T, d] becomes [d]. */
export const firstTokenLayer: Kind<SimpleLayer<"firstToken">> = define({
  kind: "firstToken",
  settings: {},
  shape: (input) => tokenShape(input).slice(1),
  run: plainRun(firstToken, firstTokenBackward),
  label: () => "first token",
  small: true,
  tfjs: {
    className: "FirstToken",
    compute: (_tf, x) =>
      x.slice([0, 0, 0], [-1, 1, -1]).reshape([x.shape[0], x.shape[2]!]),
  },
});
