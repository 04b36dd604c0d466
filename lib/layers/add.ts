import { type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import type { Join } from "./define.ts";

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

/** Branches of one shape, added up. */
export const addJoin: Join = {
  join: "add",
  alike: "of one shape",
  agreeing: (shape) => shape,
  remedy: " and filters",
  shape: ([first]) => first,
  run: (xs) => [xs.reduce(add), (dy) => xs.map(() => dy)],
  label: () => "add",
  wide: false,
  tfjs: (tf, name) => tf.layers.add({ name }),
  is: ({ name }) => name === "Add",
  passes: [
    { during: "training", before: "batchNorm", behind: [["relu"]] },
    { behind: [["relu"]] },
  ],
};
