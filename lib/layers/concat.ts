import { checkLengths } from "../base/shape.ts";
import { allocate, shapeText, sizeOf, type Tensor } from "../base/tensor.ts";
import { checkShape, checkTensor, shown } from "../base/check.ts";
import type { Join } from "./define.ts";

/** Shape of tensors laid side by side along the channels (the last axis). */
export function concatShape(shapes: readonly (readonly number[])[]): number[] {
  if (!Array.isArray(shapes)) {
    throw new TypeError(
      `concatShape() expects a list of shapes [..., C] but found ${
        shown(shapes)
      }: pass [[1, 8, 8, 3], [1, 8, 8, 5]]`,
    );
  }
  for (const shape of shapes) checkLengths("concatShape", shape);
  return shapeFor("concatShape", shapes);
}

function shapeFor(
  fn: string,
  shapes: readonly (readonly number[])[],
): number[] {
  if (shapes.length === 0 || shapes[0].length === 0) {
    throw new TypeError(
      `${fn}() expects a list of tensors [..., C] but found ${
        shown(shapes)
      }: pass at least one, with a last axis`,
    );
  }
  const front = shapes[0].slice(0, -1);
  let channels = 0;
  for (const shape of shapes) {
    if (shapeText(shape.slice(0, -1)) !== shapeText(front)) {
      throw new TypeError(
        `${fn}() expects shapes that differ only in the last axis but found ${
          shapeText(shapes[0])
        } and ${
          shapeText(shape)
        }: use the same strides and padding in each branch`,
      );
    }
    channels += shape[shape.length - 1];
  }
  return [...front, channels];
}

/**
 * Lays tensors side by side along the channels: how Inception joins branches.
 *
 * @param xs Tensors [..., C1], [..., C2], ..., alike in all other axes.
 * @returns [..., C1 + C2 + ...] in the precision of the first.
 * @throws {TypeError} No tensor, or shapes that differ in another axis.
 *
 * @example
 * ```ts
 * import { concat, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const y = concat([tensor([[1], [2]]), tensor([[3, 4], [5, 6]])]);
 * assertEquals([...y.data], [1, 3, 4, 2, 5, 6]);
 * ```
 */
export function concat(xs: readonly Tensor[]): Tensor {
  const shape = shapeFor("concat", shapesOf("concat", xs));
  const total = shape[shape.length - 1];
  const data = allocate(sizeOf(shape), xs[0].data);
  let first = 0;
  for (const x of xs) {
    const own = x.shape[x.shape.length - 1];
    for (let p = 0; p * total < data.length; p++) {
      for (let c = 0; c < own; c++) {
        data[p * total + first + c] = x.data[p * own + c];
      }
    }
    first += own;
  }
  return { shape, data };
}

/** The shapes of a list of tensors. */
function shapesOf(fn: string, xs: readonly Tensor[]): (readonly number[])[] {
  if (!Array.isArray(xs)) {
    throw new TypeError(
      `${fn}() expects a list of tensors but found ${shown(xs)}: pass [a, b]`,
    );
  }
  for (const x of xs) checkTensor(fn, "each x", x);
  return xs.map((x) => x.shape);
}

/**
 * Gradient of {@linkcode concat}: dy cut back into the parts.
 *
 * @param xs The tensors that concat() got; only their shapes matter.
 * @param dy Gradient of the loss for concat()'s output.
 * @returns One gradient for each tensor, of its shape.
 * @throws {TypeError} As concat(); a dy that has not the output's shape.
 *
 * @example
 * ```ts
 * import { concatBackward, tensor, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dy = tensor([[1, 2, 3]]);
 * const [da, db] = concatBackward([zeros([1, 1]), zeros([1, 2])], dy);
 * assertEquals([...da.data], [1]);
 * assertEquals([...db.data], [2, 3]);
 * ```
 */
export function concatBackward(xs: readonly Tensor[], dy: Tensor): Tensor[] {
  const fn = "concatBackward";
  const shape = shapeFor(fn, shapesOf(fn, xs));
  checkShape(fn, "dy", dy, shape, "dy has the shape of concat()'s output");
  const total = shape[shape.length - 1];
  let first = 0;
  return xs.map((x) => {
    const own = x.shape[x.shape.length - 1];
    const data = allocate(sizeOf(x.shape), x.data);
    for (let p = 0; p * own < data.length; p++) {
      for (let c = 0; c < own; c++) {
        data[p * own + c] = dy.data[p * total + first + c];
      }
    }
    first += own;
    return { shape: [...x.shape], data };
  });
}

/** Branches of one height and width, their channels side by side. */
export const concatJoin: Join = {
  join: "concat",
  alike: "of one height and width",
  agreeing: (shape) => shape.slice(0, -1),
  remedy: "",
  shape: concatShape,
  run: (xs) => [concat(xs), (dy) => concatBackward(xs, dy)],
  label: (output) => `concat to ${output.at(-1)}`,
  wide: true,
  tfjs: (tf, name) => tf.layers.concatenate({ name, axis: -1 }),
};
