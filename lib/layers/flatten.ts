import { checkLengths } from "../base/shape.ts";
import { reshape, sizeOf, type Tensor } from "../base/tensor.ts";
import { checkShape, checkTensor, shown } from "../base/check.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";

/** Shape of a flattened batch: [N, ...] becomes [N, product of the rest]. */
export function flattenShape(
  xShape: readonly number[],
  fn = "flattenShape",
): [number, number] {
  checkLengths(fn, xShape);
  if (xShape.length < 2) {
    throw new TypeError(
      `${fn}() expects x [N, ...] with 2 axes or more but found ${
        shown(xShape)
      }: the first axis is the batch and stays`,
    );
  }
  return [xShape[0], sizeOf(xShape.slice(1))];
}

/**
 * Each image's numbers in one row; the batch axis stays.
 *
 * No number is lost or moved: pixel (h, w, c) stands at (h * W + w) * C + c.
 *
 * @param x [N, ...], such as [N, H, W, C].
 * @returns [N, H * W * C] over the same data.
 * @throws {TypeError} A tensor with fewer than 2 axes.
 *
 * @example
 * ```ts
 * import { flatten, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(flatten(zeros([2, 3, 3, 4])).shape, [2, 36]);
 * ```
 */
export function flatten(x: Tensor): Tensor {
  checkTensor("flatten", "x", x);
  return reshape(x, flattenShape(x.shape, "flatten"));
}

/**
 * Gradient of {@linkcode flatten}: dy back in the shape of x.
 *
 * @throws {TypeError} A dy that is not [N, product of the rest].
 *
 * @example
 * ```ts
 * import { flattenBackward, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = flattenBackward(zeros([2, 3, 3, 4]), zeros([2, 36]));
 * assertEquals(dx.shape, [2, 3, 3, 4]);
 * ```
 */
export function flattenBackward(x: Tensor, dy: Tensor): Tensor {
  checkTensor("flattenBackward", "x", x);
  const shape = flattenShape(x.shape, "flattenBackward");
  const remedy = "dy has the shape of flatten()'s output";
  checkShape("flattenBackward", "dy", dy, shape, remedy);
  return reshape(dy, x.shape);
}

/** Flattening in a network: [H, W, C] becomes [H * W * C]. */
export const flattenLayer: Kind<SimpleLayer<"flatten">> = define({
  kind: "flatten",
  settings: {},
  shape: (input) => flattenShape([1, ...input]).slice(1),
  run: plainRun(flatten, flattenBackward),
  reshapes: true,
  label: () => "flatten",
  tfjs: (tf, _settings, { name }) => tf.layers.flatten({ name }),
});
