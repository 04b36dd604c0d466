import { checkShape, checkTensor } from "../base/check.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";
import { activates } from "./tfjs/together.ts";

/**
 * A ReLU that stops at 6: y = min(max(x, 0), 6). Small numbers suit short integers.
 *
 * NaN stays NaN. Source: Krizhevsky, "Convolutional Deep Belief Networks on
 * CIFAR-10", 2010.
 *
 * @param x Any shape.
 * @returns The same shape.
 * @throws {TypeError} An x that is no tensor.
 *
 * @example
 * ```ts
 * import { relu6, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...relu6(tensor([-1, 2, 9])).data], [0, 2, 6]);
 * ```
 */
export function relu6(x: Tensor): Tensor {
  checkTensor("relu6", "x", x);
  const y = zerosLike(x);
  for (let i = 0; i < y.data.length; i++) {
    const value = x.data[i];
    y.data[i] = value < 0 ? 0 : value > 6 ? 6 : value;
  }
  return y;
}

/**
 * Gradient of {@linkcode relu6}: dy where 0 < x < 6, else 0.
 *
 * @param x What relu6() got, any shape.
 * @param dy Gradient of the loss for relu6()'s output, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than x.
 *
 * @example
 * ```ts
 * import { relu6Backward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = relu6Backward(tensor([-1, 2, 9]), tensor([5, 5, 5]));
 * assertEquals([...dx.data], [0, 5, 0]);
 * ```
 */
export function relu6Backward(x: Tensor, dy: Tensor): Tensor {
  checkTensor("relu6Backward", "x", x);
  checkShape("relu6Backward", "dy", dy, x.shape, "dy has the shape of x");
  const dx = zerosLike(x);
  for (let i = 0; i < dx.data.length; i++) {
    if (!(x.data[i] <= 0 || x.data[i] >= 6)) dx.data[i] = dy.data[i];
  }
  return dx;
}

/** ReLU6 in a network. */
export const relu6Layer: Kind<SimpleLayer<"relu6">> = define({
  kind: "relu6",
  settings: {},
  shape: (input) => input,
  run: plainRun(relu6, relu6Backward),
  rectifies: true,
  label: () => "ReLU6",
  small: true,
  tfjs: (tf, _settings, { name }) =>
    tf.layers.activation({ name, activation: "relu6" }),
  is: (layer) => activates(layer, "relu6"),
});
