/**
 * Pooling, and max pooling's gradient.
 *
 * tfjs's own kernels for wasm lose NaN and have one thread; its gradient forgets
 * windows without a positive input.
 *
 * @module
 */
import { allFloat, poolInfo } from "../stock.ts";
import * as wasm from "./calls.ts";
import { partsOf, productsOf, ranges, sizesOf, taskCount } from "./geometry.ts";
import { register } from "./register.ts";

/** Registers MaxPool, AvgPool and MaxPoolGrad. */
export function registerPool(): void {
  for (const [name, mean] of [["MaxPool", 0], ["AvgPool", 1]] as const) {
    register(name, (engine, { x }, attrs) => {
      if (!allFloat(x)) return undefined;
      const info = poolInfo(x.shape, attrs);
      const out = engine.output(info.outShape);
      const from = engine.address(x), to = engine.address(out);
      const depth = info.inChannels, inputs = productsOf(info) / depth;
      // One input of a window takes as long as about 32 products.
      const parts = partsOf(info, taskCount(32 * inputs));
      const [line] = engine.own(info.inWidth * depth * 4 + 16);
      const same = { mean, depth, line };
      engine.parallel(parts.map(({ info, x, y }) => [
        wasm.pool({ ...same, ...sizesOf(info), x: from + x, y: to + y }),
      ]));
      return out;
    });
  }
  register("MaxPoolGrad", (engine, { dy, input, output }, attrs) => {
    if (!allFloat(dy, input, output)) return undefined;
    const info = poolInfo(input.shape, attrs);
    const out = engine.output(input.shape);
    const to = engine.address(out);
    const x = engine.address(input), y = engine.address(output);
    const given = engine.address(dy);
    const depth = info.inChannels;
    const inSize = info.inHeight * info.inWidth * depth;
    const outSize = info.outHeight * info.outWidth * depth;
    engine.parallel(
      ranges(info.batchSize, inSize).map(([first, images]) => {
        const inAt = first * inSize * 4, outAt = first * outSize * 4;
        return [
          wasm.clear({ out: to + inAt, bytes: images * inSize * 4 }),
          wasm.maxPoolGradient({
            ...sizesOf(info),
            depth,
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
