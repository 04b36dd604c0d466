import type { Tensor } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import { denseSizes } from "./dense.ts";
import {
  addColumns,
  multiply,
  narrow,
  packStrips,
  upTo4,
  widen,
} from "./fast/product.ts";
import { addTransposed } from "./fast/product_transposed.ts";

/**
 * Gradients of {@linkcode dense}: dx = dy * transpose(K), dK = transpose(x) * dy,
 * and the bias collects the rows of dy.
 *
 * @param x Rows [N, in].
 * @param kernel Weights [in, out].
 * @param dy Gradient of the loss for dense()'s output [N, out].
 * @returns `dx` [N, in], `dKernel` [in, out], `dBias` [out].
 * @throws {TypeError} Shapes that do not fit.
 *
 * @example
 * ```ts
 * import { denseBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = tensor([[1, 10], [2, 20]]);
 * const { dx, dKernel } = denseBackward(
 *   tensor([[1, 2]]),
 *   kernel,
 *   tensor([[1, 1]]),
 * );
 * assertEquals([...dx.data], [11, 22]);
 * assertEquals([...dKernel.data], [1, 1, 2, 2]);
 * ```
 */
export function denseBackward(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
): { dx: Tensor; dKernel: Tensor; dBias: Tensor } {
  const fn = "denseBackward";
  checkTensor(fn, "x", x);
  checkTensor(fn, "a kernel", kernel);
  const [batch, units] = denseSizes(fn, x.shape, kernel.shape);
  const remedy = "dy has the shape of dense()'s output";
  checkShape(fn, "dy", dy, [batch, units], remedy);
  const inputs = x.shape[1];
  const rows = upTo4(batch);
  const given = widen(dy.data, rows * units + 3);
  const b = { data: given, start: 0, step: units };
  const strips = packStrips(widen(kernel.data), 0, units, inputs, 1, units);
  const back = {
    data: new Float64Array(rows * inputs),
    start: 0,
    step: inputs,
  };
  const none = new Float64Array(upTo4(inputs));
  multiply(b, strips, back, batch, units, inputs, none);
  const a = { data: widen(x.data, batch * inputs + 3), start: 0, step: inputs };
  const sums = new Float64Array(inputs * units);
  const c = { data: sums, start: 0, step: units };
  addTransposed(a, b, c, batch, inputs, units);
  const dBias = new Float64Array(units);
  addColumns(given, batch * units, dBias);
  const dx = narrow(back.data, x.data, batch * inputs);
  return {
    dx: { shape: [batch, inputs], data: dx },
    dKernel: { shape: [inputs, units], data: narrow(sums, x.data) },
    dBias: { shape: [units], data: narrow(dBias, x.data) },
  };
}
