import { checkShape, checkTensor } from "../base/check.ts";
import { normalBelow, normalDensity } from "../base/normal.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { define, type Kind, plainRun, type SimpleLayer } from "./define.ts";

/**
 * Lets each value pass in so far as a normally distributed one would lie below
 * it: y = x * P(x), where P(x) = (1 + erf(x / sqrt(2))) / 2.
 *
 * Exact to the last digits, not the approximation by tanh.
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @param x Any shape.
 * @returns The same shape.
 * @throws {TypeError} An x that is no tensor.
 *
 * @example
 * ```ts
 * import { gelu, tensor } from "cnn";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const [low, zero, high] = gelu(tensor([-1, 0, 1])).data;
 * assertAlmostEquals(low, -0.158655, 1e-6); // 15.9 % lie below -1
 * assertEquals(zero, 0);
 * assertAlmostEquals(high, 0.841345, 1e-6);
 * ```
 */
export function gelu(x: Tensor): Tensor {
  checkTensor("gelu", "x", x);
  const y = zerosLike(x);
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[i] * normalBelow(x.data[i]);
  }
  return y;
}

/**
 * Gradient of {@linkcode gelu}: dx = dy * (P(x) + x * p(x)) with the density
 * p(x) = exp(-x * x / 2) / sqrt(2 * pi).
 *
 * @param x What gelu() got, any shape.
 * @param dy Gradient of the loss for gelu()'s output, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than x.
 *
 * @example
 * ```ts
 * import { geluBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = geluBackward(tensor([0, 100]), tensor([6, 6]));
 * assertEquals([...dx.data], [3, 6]);
 * ```
 */
export function geluBackward(x: Tensor, dy: Tensor): Tensor {
  checkTensor("geluBackward", "x", x);
  checkShape("geluBackward", "dy", dy, x.shape, "dy has the shape of x");
  const dx = zerosLike(x);
  for (let i = 0; i < dx.data.length; i++) {
    const at = x.data[i];
    dx.data[i] = dy.data[i] * (normalBelow(at) + at * normalDensity(at));
  }
  return dx;
}

/** GELU in a network. */
export const geluLayer: Kind<SimpleLayer<"gelu">> = define({
  kind: "gelu",
  settings: {},
  shape: (input) => input,
  run: plainRun(gelu, geluBackward),
  rectifies: true,
  label: () => "GELU",
  small: true,
  tfjs: (tf, _settings, { name }) =>
    tf.layers.activation({ name, activation: "gelu" }),
});
