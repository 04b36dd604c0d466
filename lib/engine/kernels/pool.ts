/**
 * Pooling, and max pooling's gradient.
 *
 * tfjs's own kernels for wasm lose NaN, so ours take over where there is any; its
 * gradient forgets windows without a positive input.
 *
 * @module
 */
import type { Tf } from "../tf.ts";
import { ranges } from "./geometry.ts";
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
  const numbers = (info: ReturnType<typeof describe>, images: number) => [
    ...[images, info.inHeight, info.inWidth, info.inChannels],
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
        ...numbers(info, info.batchSize),
      );
      return out;
    });
  }
  register(tf, "MaxPoolGrad", (engine, { dy, input, output }, attrs) => {
    if (!allFloat(dy, input, output)) return undefined;
    const info = describe(input.shape, attrs);
    const out = engine.output(input.shape);
    const to = engine.address(out);
    const x = engine.address(input), y = engine.address(output);
    const given = engine.address(dy);
    const inSize = info.inHeight * info.inWidth * info.inChannels;
    const outSize = info.outHeight * info.outWidth * info.inChannels;
    engine.parallel(
      ranges(info.batchSize, inSize).map(([first, count]) => {
        const inAt = first * inSize * 4, outAt = first * outSize * 4;
        return [
          ["clear", to + inAt, count * inSize * 4],
          [
            "maxPoolGradient",
            ...[x + inAt, y + outAt, given + outAt, to + inAt],
            ...numbers(info, count),
          ],
        ];
      }),
    );
    return out;
  });
}
