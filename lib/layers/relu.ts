import { type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";
import { activates } from "./tfjs/together.ts";

/**
 * Keeps what is positive and makes the rest 0: y = max(x, 0).
 *
 * NaN stays NaN.
 *
 * @param x Any shape.
 * @returns The same shape.
 * @throws {TypeError} An x that is no tensor.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...relu(tensor([-1, 0, 2])).data], [0, 0, 2]);
 * ```
 */
export function relu(x: Tensor): Tensor {
  checkTensor("relu", "x", x);
  const y = zerosLike(x);
  const from = x.data, to = y.data;
  for (let i = 0; i < to.length; i++) to[i] = from[i] <= 0 ? 0 : from[i];
  return y;
}

/**
 * Gradient of {@linkcode relu}: dy passes where x > 0 and stops elsewhere.
 *
 * At 0 itself, where relu has a corner, the gradient is 0.
 *
 * @param x What relu() got, any shape.
 * @param dy Gradient of the loss for relu()'s output, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than x.
 *
 * @example
 * ```ts
 * import { reluBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = reluBackward(tensor([-1, 0, 2]), tensor([5, 5, 5]));
 * assertEquals([...dx.data], [0, 0, 5]);
 * ```
 */
export function reluBackward(x: Tensor, dy: Tensor): Tensor {
  checkTensor("reluBackward", "x", x);
  checkShape("reluBackward", "dy", dy, x.shape, "dy has the shape of x");
  const dx = zerosLike(x);
  const from = x.data, given = dy.data, to = dx.data;
  for (let i = 0; i < to.length; i++) to[i] = from[i] <= 0 ? 0 : given[i];
  return dx;
}

/** ReLU in a network. */
export const reluLayer: Kind<SimpleLayer<"relu">> = define({
  kind: "relu",
  settings: {},
  shape: (input) => input,
  run: plainRun(relu, reluBackward),
  rectifies: true,
  label: () => "ReLU",
  small: true,
  tfjs: (tf, _settings, { name }) => tf.layers.reLU({ name }),
  is: (layer) =>
    layer.name === "ReLU"
      ? (layer.config.maxValue ?? null) === null
      : activates(layer, "relu"),
});
