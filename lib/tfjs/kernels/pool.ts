/**
 * Max pooling's gradient.
 *
 * tfjs's own kernel for wasm forgets windows without a positive input.
 *
 * @module
 */
import type { Tf } from "../load.ts";
import { allFloat, register } from "./register.ts";

/** Registers MaxPoolGrad. */
export function registerPool(tf: Tf): void {
  register(tf, "MaxPoolGrad", (engine, { dy, input, output }, attrs) => {
    if (!allFloat(dy, input, output)) return undefined;
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const out = engine.output(input.shape);
    const to = engine.address(out);
    engine.run.clear(to, tf.util.sizeFromShape(input.shape) * 4);
    engine.run.maxPoolGradient(
      ...[engine.address(input), engine.address(output), engine.address(dy)],
      ...[to, info.batchSize, info.inHeight, info.inWidth, info.inChannels],
      ...[info.outHeight, info.outWidth],
      ...[info.filterHeight, info.filterWidth],
      ...[info.strideHeight, info.strideWidth],
      ...[info.padInfo.top, info.padInfo.left],
    );
    return out;
  });
}
