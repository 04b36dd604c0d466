/**
 * Pooling, and max pooling's gradient.
 *
 * tfjs's own kernels for wasm lose NaN and have one thread; its gradient forgets
 * windows without a positive input.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { partsOf, productsOf, ranges, taskCount } from "./geometry.ts";
import { allFloat, type Attributes, register } from "./register.ts";

/** Registers MaxPool, AvgPool and MaxPoolGrad. */
export function registerPool(): void {
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
    register(name, (engine, { x }, attrs) => {
      if (!allFloat(x)) return undefined;
      const info = describe(x.shape, attrs);
      const out = engine.output(info.outShape);
      const from = engine.address(x), to = engine.address(out);
      const inputs = productsOf(info) / info.inChannels;
      // One input of a window takes as long as about 32 products.
      const parts = partsOf(info, taskCount(32 * inputs));
      const [line] = engine.own(info.inWidth * info.inChannels * 4 + 16);
      engine.parallel(parts.map((part) => [[
        "pool",
        ...[mean, from + part.x, to + part.y],
        ...numbers(part.info, part.info.batchSize),
        line,
      ]]));
      return out;
    });
  }
  register("MaxPoolGrad", (engine, { dy, input, output }, attrs) => {
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
