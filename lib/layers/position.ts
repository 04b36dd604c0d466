import { checkShape } from "../base/check.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { define, flow, type Kind, type SimpleLayer } from "./define.ts";
import { checkTokens, tokenShape } from "./tokens.ts";

/**
 * Adds to each token what stands for its place; without it attention cannot tell
 * one order of tokens from another.
 *
 * Source: Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020, equation 1.
 *
 * @param x Tokens [N, T, d].
 * @param table A row of numbers for each place [T, d], which is learned.
 * @returns [N, T, d].
 * @throws {TypeError} Shapes that do not fit.
 *
 * @example
 * ```ts
 * import { position, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[[1, 1], [1, 1]]]);
 * const y = position(x, tensor([[0, 10], [20, 30]]));
 * assertEquals([...y.data], [1, 11, 21, 31]);
 * ```
 */
export function position(x: Tensor, table: Tensor): Tensor {
  const fn = "position";
  checkTokens(fn, "x", x);
  const remedy = "one row of d numbers for each of the T places";
  checkShape(fn, "a table", table, x.shape.slice(1), remedy);
  const y = zerosLike(x), size = table.data.length;
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[i] + table.data[i % size];
  }
  return y;
}

/**
 * Gradients of {@linkcode position}: dy goes on to the tokens as it is, and the table
 * collects it over the batch.
 *
 * @param x Tokens [N, T, d]; only the shape matters.
 * @param dy Gradient of the loss for position()'s output, same shape.
 * @returns `dx` like x, `dTable` [T, d].
 * @throws {TypeError} A dy of another shape than x.
 *
 * @example
 * ```ts
 * import { positionBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dy = tensor([[[1, 2]], [[3, 4]]]); // two pictures of one token
 * assertEquals([...positionBackward(dy, dy).dTable.data], [4, 6]);
 * ```
 */
export function positionBackward(
  x: Tensor,
  dy: Tensor,
): { dx: Tensor; dTable: Tensor } {
  const fn = "positionBackward";
  checkTokens(fn, "x", x);
  checkShape(fn, "dy", dy, x.shape, "dy has the shape of x");
  const [, ...one] = x.shape;
  const sums = new Float64Array(one[0] * one[1]);
  dy.data.forEach((value, i) => sums[i % sums.length] += value);
  const dTable = x.data instanceof Float64Array ? sums : new Float32Array(sums);
  return {
    dx: { shape: [...x.shape], data: dy.data.slice() },
    dTable: { shape: one, data: dTable },
  };
}

/** A learned row for each place. */
export interface PositionLayer extends SimpleLayer<"position"> {
  /** false: training leaves the table as it is; true unless told. */
  readonly trainable?: boolean;
}

/** Learned positions in a network. */
export const positionLayer: Kind<PositionLayer> = define({
  kind: "position",
  settings: {},
  shape: tokenShape,
  weights: (input) => ({
    table: { shape: tokenShape(input), start: { deviation: 0.02 } },
  }),
  run: (x, { table }) => [position(x, table), (dy) => {
    const { dx, dTable } = positionBackward(x, dy);
    return flow(dx, { table: dTable });
  }],
  label: () => "positions",
  small: true,
  tfjs: {
    className: "Position",
    compute: (_tf, x, { table }) => x.add(table),
  },
});
