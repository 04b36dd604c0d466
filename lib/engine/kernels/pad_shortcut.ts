/**
 * The shortcut without parameters in one pass each way, where tfjs pools and pads,
 * and goes the same way back.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { allFloat, type Attributes, sizeOf, type Tensor } from "../stock.ts";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { register } from "./register.ts";

/** Ours: x [N, H, W, C] to every stride-th pixel with zeros behind it: `filters` channels. */
const KEEP = "PadShortcut";
const GRADIENT = "PadShortcutGradient";

/** Sizes of a call, and bytes of an image of x and of y. */
function sizes(
  [, height, width, channels]: readonly number[],
  { filters, strideHeight: strideY, strideWidth: strideX }: Attributes,
) {
  const shape = [Math.ceil(height / strideY), Math.ceil(width / strideX)];
  const call = { height, width, strideY, strideX, channels, filters };
  const xBytes = height * width * channels * 4;
  const yBytes = sizeOf(shape) * filters * 4;
  return { shape: [...shape, filters], call, xBytes, yBytes };
}

/** Registers both kernels, and the gradient. */
export function registerPadShortcut(): void {
  register(KEEP, (engine, { x }, attrs) => {
    if (!allFloat(x)) return undefined;
    const [images] = x.shape;
    const { shape, call, xBytes, yBytes } = sizes(x.shape, attrs);
    const out = engine.output([images, ...shape]), to = engine.address(out);
    const from = engine.address(x);
    engine.parallel(
      ranges(images, (xBytes + yBytes) / 4).map(([first, images]) => {
        const place = { x: from + first * xBytes, out: to + first * yBytes };
        return [wasm.keepPixels({ ...call, ...place, images })];
      }),
    );
    return out;
  });
  register(GRADIENT, (engine, { dy }, { shape, ...attrs }) => {
    const [images] = shape, { call, xBytes, yBytes } = sizes(shape, attrs);
    const dx = engine.output(shape), to = engine.address(dx);
    const from = engine.address(dy);
    engine.parallel(
      ranges(images, (xBytes + yBytes) / 4).map(([first, images]) => {
        const place = { dy: from + first * yBytes, dx: to + first * xBytes };
        return [wasm.keepPixelsGradient({ ...call, ...place, images })];
      }),
    );
    return dx;
  });
  tf.registerGradient({
    kernelName: KEEP,
    inputsToSave: ["x"],
    gradFunc: (dy, [{ shape }], attrs) => ({
      x: () =>
        tf.engine().runKernel(GRADIENT, { dy: dy as Tensor }, {
          ...attrs,
          shape,
        }) as Tensor,
    }),
  });
}
