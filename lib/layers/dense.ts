import { settle } from "../base/options.ts";
import { room } from "../base/shape.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { checkRank, checkShape, checkTensor } from "../base/check.ts";
import { multiply, narrow, packStrips, upTo4, widen } from "./fast/product.ts";

/**
 * Shape of a dense layer's output.
 *
 * @param xShape Input [N, in].
 * @param kernelShape Kernel [in, out].
 * @returns [N, out].
 * @throws {TypeError} Shapes that do not fit.
 *
 * @example
 * ```ts
 * import { denseShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(denseShape([64, 400], [400, 120]), [64, 120]);
 * ```
 */
export function denseShape(
  xShape: readonly number[],
  kernelShape: readonly number[],
): [number, number] {
  return denseSizes("denseShape", xShape, kernelShape);
}

/** [N, out] for the function `fn`. */
export function denseSizes(
  fn: string,
  xShape: readonly number[],
  kernelShape: readonly number[],
): [number, number] {
  checkRank(fn, "x", xShape, "[N, in]");
  checkRank(fn, "a kernel", kernelShape, "[in, out]");
  if (kernelShape[0] !== xShape[1]) {
    throw new TypeError(
      `${fn}() expects a kernel [${xShape[1]}, out] for an input ${
        shapeText(xShape)
      } but found ${
        shapeText(kernelShape)
      }: the first kernel axis is the number of inputs`,
    );
  }
  return [xShape[0], kernelShape[1]];
}

/**
 * Every output is a weighted sum of all inputs, plus a bias: y = x * K + b.
 *
 * @param x Rows [N, in].
 * @param kernel Weights [in, out].
 * @param options `bias` [out]; none unless told.
 * @returns [N, out] in the precision of x.
 * @throws {TypeError} Shapes that do not fit; an unknown option.
 *
 * @example
 * ```ts
 * import { dense, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2]]);
 * const kernel = tensor([[1, 10], [2, 20]]);
 * // 1*1 + 2*2 + 100 = 105, 1*10 + 2*20 + 200 = 250
 * const y = dense(x, kernel, { bias: tensor([100, 200]) });
 * assertEquals([...y.data], [105, 250]);
 * ```
 */
export function dense(
  x: Tensor,
  kernel: Tensor,
  options: { bias?: Tensor } = {},
): Tensor {
  const { bias } = settle("dense", options, { bias: undefined });
  checkTensor("dense", "x", x);
  checkTensor("dense", "a kernel", kernel);
  const [batch, units] = denseSizes("dense", x.shape, kernel.shape);
  const start = new Float64Array(upTo4(units));
  if (bias !== undefined) {
    const remedy = "a bias has one number for each unit";
    checkShape("dense", "a bias", bias, [units], remedy);
    start.set(bias.data);
  }
  const inputs = x.shape[1];
  const strips = packStrips(widen(kernel.data), 0, inputs, units, units, 1);
  const rows = upTo4(batch);
  const a = { data: widen(x.data, rows * inputs), start: 0, step: inputs };
  const c = {
    data: room("dense", rows * units, "float64"),
    start: 0,
    step: units,
  };
  multiply(a, strips, c, batch, inputs, units, start);
  const y = narrow(c.data, x.data, batch * units);
  return { shape: [batch, units], data: y }; // [N, out]
}
