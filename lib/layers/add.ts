import { type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";

/**
 * The sum of two tensors, number by number: how a residual net joins its shortcut.
 *
 * Its gradient is dy for both.
 *
 * @param a Any shape.
 * @param b The same shape; nothing is stretched to fit.
 * @returns The same shape, in the precision of a.
 * @throws {TypeError} Shapes that differ.
 *
 * @example
 * ```ts
 * import { add, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...add(tensor([1, 2]), tensor([10, 20])).data], [11, 22]);
 * ```
 */
export function add(a: Tensor, b: Tensor): Tensor {
  checkTensor("add", "a", a);
  checkShape("add", "b", b, a.shape, "both must have the same shape");
  const y = zerosLike(a);
  for (let i = 0; i < y.data.length; i++) y.data[i] = a.data[i] + b.data[i];
  return y;
}
