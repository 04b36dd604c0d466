/**
 * ReLU's gradient in one pass, where tfjs takes three.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { ranges } from "./geometry.ts";
import { register } from "./register.ts";

const KERNEL = "ReluGradient"; // ours; tfjs has none

/** Registers the kernel, and the gradient of Relu that uses it on wasm. */
export function registerRelu(): void {
  register(KERNEL, (engine, { x, dy }) => {
    const out = engine.output(x.shape);
    const from = engine.address(x), to = engine.address(out);
    const given = engine.address(dy);
    engine.parallel(
      ranges(tf.util.sizeFromShape(x.shape), 1).map(([first, size]) => [[
        "reluGradient",
        ...[from + first * 4, given + first * 4, to + first * 4, size],
      ]]),
    );
    return out;
  });
  const mask = (x: tf.Tensor, dy: tf.Tensor) =>
    tf.engine().runKernel(KERNEL, { x, dy }) as tf.Tensor;
  const stock = tf.getGradient("Relu");
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved;
      return tf.getBackend() === "wasm" && x.dtype === "float32" &&
          !Array.isArray(dy)
        ? { x: () => mask(x, dy) }
        : stock.gradFunc(dy, saved, attrs);
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({
      x: () => tf.zerosLike(x),
      dy: () => mask(x, dy as tf.Tensor),
    }),
  });
}
