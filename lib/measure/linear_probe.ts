/** A linear probe: what can be read from features by a weighted sum. */
import { checkTensor } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { centre, type Matrix, products, solve } from "./least_squares.ts";
import { shapeText, sizeOf, type Tensor, zeros } from "../base/tensor.ts";

/** A fitted linear map from features to targets. */
export interface LinearProbe {
  /** [D, K] */
  readonly weights: Tensor;
  /** [K] */
  readonly bias: Tensor;
  /** Targets [N, K] as the probe reads them from features [N, ...]. */
  predict(features: Tensor): Tensor;
  /** Share of each target's variance that the probe explains, [K]; 1 is all, 0 none. */
  score(features: Tensor, targets: Tensor): number[];
}

/**
 * Fits targets = features * weights + bias by ridge regression, in closed form.
 *
 * It minimises the mean squared error plus `ridge` times the squared weights;
 * the bias is free.
 *
 * @param features [N, ...], such as activations(); each row is flattened to D numbers.
 * @param targets [N, K], or [N] for one target.
 * @param options `ridge`: 0.001 unless told; 0 is least squares, and needs more rows than D.
 * @throws {TypeError} Not one target row a feature row; an unknown option.
 * @throws {RangeError} A ridge below 0, or features that leave the answer open at ridge 0.
 *
 * @example
 * ```ts
 * import { linearProbe, tensor } from "cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const probe = linearProbe(tensor([[0], [1], [2]]), tensor([1, 3, 5]), { ridge: 0 });
 * assertAlmostEquals(probe.predict(tensor([[10]])).data[0], 21, 1e-4); // 2 x + 1
 * ```
 */
export function linearProbe(
  features: Tensor,
  targets: Tensor,
  options: { ridge?: number } = {},
): LinearProbe {
  const { ridge } = settle("linearProbe", options, { ridge: 0.001 });
  const remedy = "0.001 is a start";
  checkRange("linearProbe", "a ridge", ridge, { from: 0, remedy });
  const x = matrix("features", features), y = matrix("targets", targets);
  if (x.rows !== y.rows || x.rows < 2) {
    throw new TypeError(
      `linearProbe() expects one row of targets a row of features, and 2 rows or more, but found features ${
        shapeText(features.shape)
      } and targets ${
        shapeText(targets.shape)
      }: take both from the same images`,
    );
  }
  const meanX = centre(x), meanY = centre(y);
  const gram = products(x, x, x.rows), right = products(x, y, x.rows);
  for (let d = 0; d < x.columns; d++) gram[d * x.columns + d] += ridge;
  const solution = solve(gram, right, x.columns, y.columns);

  const weights = zeros([x.columns, y.columns]), bias = zeros([y.columns]);
  weights.data.set(solution);
  for (let k = 0; k < y.columns; k++) {
    let sum = meanY[k];
    for (let d = 0; d < x.columns; d++) {
      sum -= meanX[d] * solution[d * y.columns + k];
    }
    bias.data[k] = sum;
  }
  const predict = (input: Tensor) => apply(input, weights, bias);
  return {
    weights,
    bias,
    predict,
    score: (input, truth) => explained(predict(input), truth),
  };
}

/** Rows of numbers in double precision, as a copy. */
function matrix(what: string, x: Tensor): Matrix {
  checkTensor("linearProbe", what, x);
  const { shape, data } = x;
  const wrong = data.findIndex((value: number) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new RangeError(
      `linearProbe() expects finite numbers as ${what} but found ${
        data[wrong]
      } at place ${wrong}: look for what made it`,
    );
  }
  const columns = sizeOf(shape.slice(1));
  return { rows: shape[0], columns, data: Float64Array.from(data) };
}

/** features * weights + bias. */
function apply(features: Tensor, weights: Tensor, bias: Tensor): Tensor {
  checkTensor("predict", "features", features);
  const [inputs, outputs] = weights.shape, rows = features.shape[0];
  if (sizeOf(features.shape.slice(1)) !== inputs) {
    throw new TypeError(
      `predict() expects rows of ${inputs} features but found ${
        shapeText(features.shape)
      }: use the layer that the probe was fitted on`,
    );
  }
  const result = zeros([rows, outputs]);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) {
      let sum = bias.data[k];
      for (let d = 0; d < inputs; d++) {
        sum += features.data[row * inputs + d] * weights.data[d * outputs + k];
      }
      result.data[row * outputs + k] = sum;
    }
  }
  return result;
}

/** R^2 of each column: 1 less the squared error over the variance. */
function explained(predicted: Tensor, targets: Tensor): number[] {
  checkTensor("score", "targets", targets);
  if (predicted.data.length !== targets.data.length) {
    throw new TypeError(
      `score() expects targets ${shapeText(predicted.shape)} but found ${
        shapeText(targets.shape)
      }: one row an image`,
    );
  }
  const [rows, columns] = predicted.shape;
  return Array.from({ length: columns }, (_, k) => {
    const at = ({ data }: Tensor, row: number) => data[row * columns + k];
    let mean = 0, error = 0, variance = 0;
    for (let row = 0; row < rows; row++) mean += at(targets, row) / rows;
    for (let row = 0; row < rows; row++) {
      error += (at(targets, row) - at(predicted, row)) ** 2;
      variance += (at(targets, row) - mean) ** 2;
    }
    if (variance > 0) return 1 - error / variance;
    throw new RangeError(
      `score() expects a target that varies but found only ${mean} in column ${k}: pass other images`,
    );
  });
}
