/**
 * Pooling, and max pooling's gradient.
 *
 * tfjs's own kernels for wasm lose NaN, so ours take over where there is any; its
 * gradient forgets windows without a positive input.
 *
 * @module
 */
import type { Tf } from "../load.ts";
import { allFloat, type Attributes, register } from "./register.ts";

/** Registers MaxPool, AvgPool and MaxPoolGrad. */
export function registerPool(tf: Tf): void {
  const describe = (shape: number[], attrs: Attributes) =>
    tf.backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
  const numbers = (info: ReturnType<typeof describe>) => [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    ...[info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth],
    ...[info.strideHeight, info.strideWidth],
    ...[info.padInfo.top, info.padInfo.left],
  ];
  for (const [name, mean] of [["MaxPool", 0], ["AvgPool", 1]] as const) {
    register(tf, name, (engine, { x }, attrs) => {
      if (!allFloat(x)) return undefined;
      const size = tf.util.sizeFromShape(x.shape);
      if (engine.run.strays(engine.address(x), size) === 0) return undefined;
      const info = describe(x.shape, attrs);
      const out = engine.output(info.outShape);
      engine.run.pool(
        ...[mean, engine.address(x), engine.address(out)],
        ...numbers(info),
      );
      return out;
    });
  }
  register(tf, "MaxPoolGrad", (engine, { dy, input, output }, attrs) => {
    if (!allFloat(dy, input, output)) return undefined;
    const out = engine.output(input.shape);
    const to = engine.address(out);
    engine.run.clear(to, tf.util.sizeFromShape(input.shape) * 4);
    engine.run.maxPoolGradient(
      ...[engine.address(input), engine.address(output), engine.address(dy)],
      to,
      ...numbers(describe(input.shape, attrs)),
    );
    return out;
  });
}
