/**
 * Pooling, and max pooling's gradient.
 *
 * tfjs's own kernels for wasm lose NaN and have one thread; its gradient forgets
 * windows without a positive input.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { partsOf, productsOf, ranges, taskCount } from "./geometry.ts";
import {
  allFloat,
  type Attributes,
  register,
  type Shape4,
} from "./register.ts";

/** Registers MaxPool, AvgPool and MaxPoolGrad. */
export function registerPool(): void {
  const describe = (shape: number[], attrs: Attributes) =>
    tf.backend_util.computePool2DInfo(
      shape as Shape4,
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
  const sizes = (info: ReturnType<typeof describe>) => ({
    images: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    depth: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    windowY: info.filterHeight,
    windowX: info.filterWidth,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  });
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
      engine.parallel(parts.map(({ info, x, y }) => [
        wasm.pool({ mean, x: from + x, y: to + y, ...sizes(info), line }),
      ]));
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
      ranges(info.batchSize, inSize).map(([first, images]) => {
        const inAt = first * inSize * 4, outAt = first * outSize * 4;
        return [
          wasm.clear({ out: to + inAt, bytes: images * inSize * 4 }),
          wasm.maxPoolGradient({
            ...sizes(info),
            images,
            x: x + inAt,
            y: y + outAt,
            dy: given + outAt,
            dx: to + inAt,
          }),
        ];
      }),
    );
    return out;
  });
}
