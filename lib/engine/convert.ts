/**
 * Between the course's tensors and those of TensorFlow.js.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { checkTensor } from "../base/check.ts";
import { shown } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import { tfjs } from "./load.ts";

/**
 * Copies a tensor into TensorFlow.js, as float32.
 *
 * The result belongs to the caller: dispose it, or work inside `tf.tidy`.
 *
 * @param x A tensor of either precision.
 * @returns A tf.Tensor of the same shape on the current backend.
 * @throws {TypeError} An x that is no tensor.
 *
 * @example
 * ```ts
 * import { fromTf, tensor, toTf, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend();
 * const x = toTf(tensor([[1, 2], [3, 4]]));
 * assertEquals((await fromTf(x)).shape, [2, 2]);
 * x.dispose();
 * ```
 */
export function toTf(x: Tensor): tensorflow.Tensor {
  checkTensor("toTf", "x", x);
  // A copy: the cpu backend would keep the caller's array itself.
  return tfjs().tensor(Float32Array.from(x.data), [...x.shape], "float32");
}

/**
 * Copies a TensorFlow.js tensor out, as float32; the original stays.
 *
 * @param x A numeric tf.Tensor (float32, int32 or bool).
 * @returns A tensor of the same shape.
 * @throws {TypeError} No tensor of TensorFlow.js, or one of strings or complex numbers.
 *
 * @example
 * ```ts
 * import { fromTf, toNested, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { tf } = await useBackend();
 * const x = tf.tensor2d([[1, 2]]);
 * assertEquals(toNested(await fromTf(x)), [[1, 2]]);
 * x.dispose();
 * ```
 */
export async function fromTf(x: tensorflow.Tensor): Promise<Tensor> {
  if (!(x instanceof tfjs().Tensor)) {
    throw new TypeError(
      `fromTf() expects a tensor of TensorFlow.js but found ${
        shown(x)
      }: pass what tf.tensor() or a model gives`,
    );
  }
  if (x.dtype === "string" || x.dtype === "complex64") {
    throw new TypeError(
      `fromTf() expects a numeric tensor but found one of dtype ${x.dtype}: convert it to float32, int32 or bool first`,
    );
  }
  return { shape: [...x.shape], data: Float32Array.from(await x.data()) };
}
