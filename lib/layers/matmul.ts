import { shapeText, type Tensor } from "../base/tensor.ts";
import { checkTensor } from "../base/check.ts";
import { multiply, narrow, packStrips, upTo4, widen } from "./fast/product.ts";

/**
 * The matrix product: c[i, j] is the sum of a[i, k] * b[k, j] over k.
 *
 * Computed in blocks of 4 by 4; sums are kept in float64.
 *
 * @param a Matrix [M, K].
 * @param b Matrix [K, N].
 * @returns [M, N] in the precision of a.
 * @throws {TypeError} Tensors that are not matrices, or do not fit.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const c = matmul(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]));
 * assertEquals([...c.data], [13, 16]); // 1*3 + 2*5, 1*4 + 2*6
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor("matmul", "a", a, "[M, K]");
  checkTensor("matmul", "b", b, "[K, N]");
  const [m, k] = a.shape;
  const n = b.shape[1];
  if (b.shape[0] !== k) {
    throw new TypeError(
      `matmul() expects b [${k}, N] for a ${shapeText(a.shape)} but found ${
        shapeText(b.shape)
      }: the columns of a must be as many as the rows of b`,
    );
  }
  const rows = upTo4(m);
  const left = { data: widen(a.data, rows * k), start: 0, step: k };
  const c = { data: new Float64Array(rows * n), start: 0, step: n };
  const strips = packStrips(widen(b.data), 0, k, n, n, 1);
  multiply(left, strips, c, m, k, n, new Float64Array(upTo4(n)));
  return { shape: [m, n], data: narrow(c.data, a.data, m * n) };
}
