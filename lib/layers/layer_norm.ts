import { checkShape } from "../base/check.ts";
import { checkOptions, settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import type { Tensor } from "../base/tensor.ts";
import { define, flow, type Kind } from "./define.ts";
import { rowSize } from "./rows.ts";
import { narrow, widen } from "./fast/product.ts";
import { epsilon } from "./setting.ts";
import { fused } from "./tfjs/fused.ts";

/** What layerNorm() needs besides its input. */
export interface LayerNormOptions {
  /** Scale of each place of a row [d]. */
  gamma: Tensor;
  /** Shift of each place [d]; layerNormBackward() does not need it. */
  beta?: Tensor;
  /** Added to the variance so that it never is 0; 1e-3 unless told. */
  epsilon?: number;
}

/**
 * Brings each row to mean 0 and variance 1, then scales and shifts its places:
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * A row is the last axis. No other row has a part in it: training and use are
 * the same. Source: Ba et al., "Layer Normalization", 2016.
 *
 * @param x [..., d], such as tokens [N, T, d].
 * @param options `gamma` [d], `beta` [d], `epsilon` 1e-3.
 * @returns The same shape, in the precision of x.
 * @throws {TypeError} Shapes that do not fit; an unknown option.
 * @throws {RangeError} An epsilon that is negative or no number.
 *
 * @example
 * ```ts
 * import { layerNorm, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const gamma = tensor([2, 2]), beta = tensor([5, 5]);
 * const y = layerNorm(tensor([[1, 3]]), { gamma, beta, epsilon: 0 });
 * assertEquals([...y.data], [3, 7]);
 * ```
 */
export function layerNorm(x: Tensor, options: LayerNormOptions): Tensor {
  const fn = "layerNorm";
  const { size, gamma, z } = prepare(fn, x, options);
  if (options.beta === undefined) {
    throw new TypeError(
      `${fn}() expects beta [${size}] but found undefined: pass zeros([${size}]) for no shift`,
    );
  }
  const beta = widen(options.beta.data);
  for (let row = 0; row < z.length; row += size) {
    for (let j = 0; j < size; j++) z[row + j] = z[row + j] * gamma[j] + beta[j];
  }
  return { shape: [...x.shape], data: narrow(z, x.data) };
}

/**
 * Gradients of {@linkcode layerNorm}.
 *
 * With z = (x - mean) / deviation, dBeta = sum of dy over the rows and dGamma = sum
 * of dy * z. As mean and variance depend on every x of the row, with g = gamma * dy
 * dx = (g - mean of g - z * mean of g * z) / deviation.
 *
 * @param x What layerNorm() got [..., d].
 * @param dy Gradient of the loss for layerNorm()'s output, same shape.
 * @param options The options that layerNorm() had.
 * @returns `dx` like x, `dGamma` [d], `dBeta` [d].
 * @throws {TypeError} As layerNorm(); a dy of another shape than x.
 * @throws {RangeError} As layerNorm().
 *
 * @example
 * ```ts
 * import { layerNormBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { dGamma, dBeta } = layerNormBackward(
 *   tensor([[1, 3]]),
 *   tensor([[10, 20]]),
 *   { gamma: tensor([2, 2]), epsilon: 0 },
 * );
 * assertEquals([...dGamma.data], [-10, 20]); // 10 * -1 and 20 * 1
 * assertEquals([...dBeta.data], [10, 20]);
 * ```
 */
export function layerNormBackward(
  x: Tensor,
  dy: Tensor,
  options: LayerNormOptions,
): { dx: Tensor; dGamma: Tensor; dBeta: Tensor } {
  const fn = "layerNormBackward";
  const { size, gamma, z, inverse } = prepare(fn, x, options);
  checkShape(fn, "dy", dy, x.shape, "dy has the shape of x");
  const given = widen(dy.data);
  const dx = new Float64Array(z.length);
  const dGamma = new Float64Array(size), dBeta = new Float64Array(size);
  for (let row = 0; row < z.length; row += size) {
    let sum = 0, along = 0;
    for (let j = 0; j < size; j++) {
      const g = given[row + j] * gamma[j];
      dBeta[j] += given[row + j];
      dGamma[j] += given[row + j] * z[row + j];
      sum += g;
      along += g * z[row + j];
    }
    for (let j = 0; j < size; j++) {
      const g = given[row + j] * gamma[j];
      dx[row + j] = inverse[row / size] *
        (g - (sum + z[row + j] * along) / size);
    }
  }
  const of = (shape: readonly number[], data: Float64Array): Tensor => ({
    shape: [...shape],
    data: narrow(data, x.data),
  });
  return {
    dx: of(x.shape, dx),
    dGamma: of([size], dGamma),
    dBeta: of([size], dBeta),
  };
}

/** Checks everything; the rows z at mean 0 and variance 1, and 1 / deviation of each. */
function prepare(fn: string, x: Tensor, options: LayerNormOptions): {
  size: number;
  gamma: Float64Array;
  z: Float64Array;
  inverse: Float64Array;
} {
  // gamma has no default, so there is no call without options.
  if (options === undefined) checkOptions(fn, options, ["gamma"]);
  const { gamma, beta, epsilon } = settle(fn, options, {
    gamma: undefined,
    beta: undefined,
    epsilon: 1e-3,
  });
  const size = rowSize(fn, x);
  const remedy = "one number for each place of a row, the last axis of x";
  checkShape(fn, "gamma", gamma, [size], remedy);
  if (beta !== undefined) checkShape(fn, "beta", beta, [size], remedy);
  const small = "pass a small number such as 0.001";
  checkRange(fn, "an epsilon", epsilon, { from: 0, remedy: small });
  const z = Float64Array.from(x.data);
  const inverse = new Float64Array(z.length / size);
  for (let row = 0; row < inverse.length; row++) {
    const from = row * size, to = from + size;
    let mean = 0, variance = 0;
    for (let i = from; i < to; i++) mean += z[i] / size;
    for (let i = from; i < to; i++) variance += (z[i] - mean) ** 2 / size;
    if (variance + epsilon === 0) {
      throw new RangeError(
        `${fn}() expects a variance and an epsilon that add up to more than 0 but found 0 in row ${row}: pass an epsilon such as 0.001`,
      );
    }
    inverse[row] = 1 / Math.sqrt(variance + epsilon);
    for (let i = from; i < to; i++) z[i] = (z[i] - mean) * inverse[row];
  }
  return { size, gamma: widen(gamma.data), z, inverse };
}

/** Normalises each row by itself, then scales and shifts its places. */
export interface LayerNormLayer {
  readonly kind: "layerNorm";
  readonly name?: string;
  /** false: training leaves scale and shift as they are; true unless told. */
  readonly trainable?: boolean;
  /** Added to the variance; 1e-3 unless told. */
  readonly epsilon?: number;
}

/** Layer normalisation in a network. */
export const layerNormLayer: Kind<LayerNormLayer> = define({
  kind: "layerNorm",
  settings: { epsilon: epsilon(1e-3) },
  short: "ln",
  shape: (input) => input,
  weights: (input) => ({
    gamma: { shape: input.slice(-1), start: 1 },
    beta: { shape: input.slice(-1), start: 0 },
  }),
  run: (x, { gamma, beta }, { epsilon }) => [
    layerNorm(x, { gamma, beta, epsilon }),
    (dy) => {
      const options = { gamma, epsilon };
      const { dx, dGamma, dBeta } = layerNormBackward(x, dy, options);
      return flow(dx, { gamma: dGamma, beta: dBeta });
    },
  ],
  window: (_settings, input) => input.length === 1 ? "all" : undefined,
  label: () => "layer norm",
  small: true,
  tfjs: {
    className: "RowNorm",
    compute(tf, x, { gamma, beta }, { epsilon }) {
      const y = fused(tf, "RowNorm", { x, gamma, beta }, { epsilon });
      if (y) return y;
      const centred = x.sub(x.mean(-1, true));
      const variance = centred.square().mean(-1, true);
      const z = centred.mul(tf.rsqrt(variance.add(epsilon)));
      return z.mul(gamma).add(beta);
    },
  },
});
