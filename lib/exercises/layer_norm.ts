import {
  batchNormBackward,
  layerNorm,
  layerNormBackward,
} from "../layers/mod.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** What a student's layer normalisation gets besides its input. */
export interface LayerNormSolutionOptions {
  gamma: Tensor;
  beta: Tensor;
  epsilon: number;
}

/** A student's layer normalisation of rows [N, d]. */
export type LayerNormSolution = (
  x: Tensor,
  options: LayerNormSolutionOptions,
) => Tensor | Promise<Tensor>;

/** A student's gradients of it. */
export type LayerNormBackwardSolution = (
  x: Tensor,
  dy: Tensor,
  options: { gamma: Tensor; epsilon: number },
) =>
  | { dx: Tensor; dGamma: Tensor; dBeta: Tensor }
  | Promise<{ dx: Tensor; dGamma: Tensor; dBeta: Tensor }>;

/** Rows [N, d] with a spread that an epsilon of this size shows in. */
const SHAPES = [[1, 3], [2, 4], [3, 5], [4, 3]];

/** What a row is normalised with. */
interface Row {
  mean: number;
  variance: number;
  size: number;
  epsilon: number;
}

/** Layer normalisation with another formula for z. */
const formula =
  (z: (value: number, row: Row) => number) =>
  (x: Tensor, { gamma, beta, epsilon }: LayerNormSolutionOptions): Tensor => {
    const [count, size] = x.shape;
    const rows = Array.from({ length: count }, (_, n) => {
      const row = [...x.data].slice(n * size, (n + 1) * size);
      const mean = row.reduce((a, b) => a + b) / size;
      const squares = row.reduce((sum, v) => sum + (v - mean) ** 2, 0);
      return { mean, variance: squares / size, size, epsilon };
    });
    return map(x, (v, n, c) => z(v, rows[n]) * gamma.data[c] + beta.data[c]);
  };

/**
 * Checks a student's layer normalisation: (x [N, d], { gamma [d], beta [d], epsilon })
 * => y [N, d], each row by its own mean and variance.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkLayerNorm, layerNorm } from "cnn";
 *
 * await checkLayerNorm(layerNorm, { exercise: "8.4" });
 * ```
 */
export const checkLayerNorm: Check<LayerNormSolution> = check({
  check: "checkLayerNorm",
  name: "layerNorm",
  names: ["x", "options"],
  cases: ({ stream }) =>
    SHAPES.map((shape, i) => {
      const width = shape.slice(1);
      const x = map(wholeNumbers(shape, stream, 9), (value) => value + 5);
      x.data[0] = 30; // no row is constant
      const gamma = map(wholeNumbers(width, stream), (value) => 1.5 * value);
      const beta = i === 3
        ? quarters(width, stream)
        : wholeNumbers(width, stream);
      return [x, { gamma, beta, epsilon: [0.5, 0.25, 1, 2][i] }];
    }),
  expected: layerNorm,
  mistakes: [{
    "normalised over the batch": [
      "each row has its own mean and variance; columns are batch normalisation",
      (x, { gamma, beta, epsilon }) => {
        const [count, size] = x.shape;
        const of = (c: number) =>
          Array.from({ length: count }, (_, n) => x.data[n * size + c]);
        return map(x, (value, _, c) => {
          const column = of(c);
          const mean = column.reduce((a, b) => a + b) / count;
          const squares = column.reduce((sum, v) => sum + (v - mean) ** 2, 0);
          return (value - mean) / Math.sqrt(squares / count + epsilon) *
              gamma.data[c] + beta.data[c];
        });
      },
    ],
    "variance divided by d - 1": [
      "divide the sum of squares by d, not by one fewer",
      formula((v, { mean, variance, size, epsilon }) =>
        (v - mean) / Math.sqrt(variance * size / (size - 1) + epsilon)
      ),
    ],
    "epsilon outside the root": [
      "add epsilon to the variance, then take the root",
      formula((v, { mean, variance, epsilon }) =>
        (v - mean) / (Math.sqrt(variance) + epsilon)
      ),
    ],
    "epsilon missing": [
      "add epsilon to the variance, then take the root",
      formula((v, { mean, variance }) => (v - mean) / Math.sqrt(variance)),
    ],
    "root missing": [
      "divide by the root of variance + epsilon",
      formula((v, { mean, variance, epsilon }) =>
        (v - mean) / (variance + epsilon)
      ),
    ],
    "mean not subtracted": [
      "subtract the row's mean before you divide",
      formula((v, { variance, epsilon }) => v / Math.sqrt(variance + epsilon)),
    ],
    "gamma and beta forgotten": [
      "scale by gamma, then add beta",
      (x, { gamma, beta, epsilon }) =>
        layerNorm(x, {
          gamma: map(gamma, () => 1),
          beta: map(beta, () => 0),
          epsilon,
        }),
    ],
    "gamma forgotten": [
      "multiply by gamma before you add beta",
      (x, options) =>
        layerNorm(x, { ...options, gamma: map(options.gamma, () => 1) }),
    ],
    "beta forgotten": [
      "add beta at the end",
      (x, options) =>
        layerNorm(x, { ...options, beta: map(options.beta, () => 0) }),
    ],
  }],
});

/** The gradients with another rule for dx. */
function withDx(
  rule: (given: {
    g: number;
    z: number;
    sum: number;
    along: number;
    size: number;
    inverse: number;
  }) => number,
) {
  return (
    x: Tensor,
    dy: Tensor,
    options: { gamma: Tensor; epsilon: number },
  ) => {
    const right = layerNormBackward(x, dy, options);
    const [, size] = x.shape, { gamma, epsilon } = options;
    const ones = map(gamma, () => 1), none = zeros(gamma.shape, "float64");
    const z = layerNorm(x, { gamma: ones, beta: none, epsilon });
    const dx = map(x, (_, n, c) => {
      const row = [...x.data].slice(n * size, (n + 1) * size);
      const mean = row.reduce((a, b) => a + b) / size;
      const squares = row.reduce((sum, v) => sum + (v - mean) ** 2, 0);
      let sum = 0, along = 0;
      for (let j = 0; j < size; j++) {
        const g = dy.data[n * size + j] * gamma.data[j];
        sum += g;
        along += g * z.data[n * size + j];
      }
      return rule({
        ...{ sum, along, size },
        g: dy.data[n * size + c] * gamma.data[c],
        z: z.data[n * size + c],
        inverse: 1 / Math.sqrt(squares / size + epsilon),
      });
    });
    return { ...right, dx };
  };
}

/**
 * Checks a student's gradients of layer normalisation: (x [N, d], dy [N, d],
 * { gamma [d], epsilon }) => { dx [N, d], dGamma [d], dBeta [d] }.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkLayerNormBackward, layerNormBackward } from "cnn";
 *
 * await checkLayerNormBackward(layerNormBackward, { exercise: "8.5" });
 * ```
 */
export const checkLayerNormBackward: Check<LayerNormBackwardSolution> = check({
  check: "checkLayerNormBackward",
  name: "layerNormBackward",
  names: ["x", "dy", "options"],
  cases: ({ stream }) =>
    SHAPES.map((shape, i) => {
      const x = map(wholeNumbers(shape, stream, 9), (value) => value + 5);
      x.data[0] = 30;
      const width = shape.slice(1);
      const gamma = map(wholeNumbers(width, stream), (value) => 1.5 * value);
      const dy = wholeNumbers(shape, stream, 9);
      return [x, dy, { gamma, epsilon: [0.5, 0.25, 1, 2][i] }];
    }),
  expected: layerNormBackward,
  mistakes: [{
    "mean and variance taken for constants": [
      "both depend on every x of the row: subtract the mean of g and z times the mean of g * z",
      withDx(({ g, inverse }) => g * inverse),
    ],
    "the variance's term is missing": [
      "subtract z times the mean of g * z as well",
      withDx(({ g, sum, size, inverse }) => (g - sum / size) * inverse),
    ],
    "the mean's term is missing": [
      "subtract the mean of g as well",
      withDx(({ g, z, along, size, inverse }) =>
        (g - z * along / size) * inverse
      ),
    ],
    "sums instead of means": [
      "divide both sums by d",
      withDx(({ g, z, sum, along, inverse }) =>
        (g - sum - z * along) * inverse
      ),
    ],
    "not divided by the deviation": [
      "dx is the bracket divided by the root of variance + epsilon",
      withDx(({ g, z, sum, along, size }) => g - (sum + z * along) / size),
    ],
    "gamma forgotten in dx": [
      "dy passes gamma before it reaches z: g = gamma * dy",
      (x, dy, options) => ({
        ...layerNormBackward(x, dy, options),
        dx: layerNormBackward(x, dy, {
          ...options,
          gamma: map(options.gamma, () => 1),
        }).dx,
      }),
    ],
    "over the batch": [
      "each row has its own mean and variance; columns are batch normalisation",
      (x, dy, options) => batchNormBackward(x, dy, options),
    ],
    "dGamma without z": [
      "dGamma is the sum over the rows of dy * z",
      (x, dy, options) => {
        const right = layerNormBackward(x, dy, options);
        return { ...right, dGamma: right.dBeta };
      },
    ],
    "dGamma of the first row alone": [
      "add dGamma and dBeta up over all rows",
      (x, dy, options) => {
        const first = map(dy, (value, n) => n === 0 ? value : 0);
        const { dGamma, dBeta } = layerNormBackward(x, first, options);
        return { ...layerNormBackward(x, dy, options), dGamma, dBeta };
      },
    ],
  }],
});
