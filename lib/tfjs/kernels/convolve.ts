/**
 * The convolution itself: of images with a kernel, however the kernel lies.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  eights,
  forEachGroup,
  geometry,
  groupSize,
  type Info,
  type KernelPlace,
} from "./geometry.ts";
import { suitsWinograd, winogradForward } from "./winograd.ts";

/** Activations that the product applies by itself. */
export const ACTIVATIONS: Record<string, number> = {
  linear: 0,
  relu: 1,
  relu6: 2,
};

/** A convolution of the images at `x`. */
export function convolve(
  engine: Engine,
  x: number,
  kernel: KernelPlace,
  bias: number,
  activation: number,
  info: Info,
): tensorflow.TensorInfo {
  if (suitsWinograd(info)) {
    return winogradForward(engine, x, kernel, bias, activation, info);
  }
  const g = geometry(info);
  const { run } = engine;
  const out = engine.output(info.outShape);
  const columns = info.outChannels;
  const [pointers, panels, room] = engine.scratch(
    POINTER_BYTES,
    g.depth * eights(columns) * 4,
    g.padded ? groupSize(info, g) * g.image : 0,
  );
  const { address, tapStep, inStep, outStep } = kernel;
  const taps = info.filterHeight * info.filterWidth, cin = info.inChannels;
  for (let tap = 0; tap < taps; tap++) {
    run.packPanels(
      ...[address + tap * tapStep, cin, columns, inStep, outStep],
      ...[panels + tap * cin * 32, g.depth * 32],
    );
  }
  const at = engine.address(out);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  forEachGroup(engine, info, g, x, room, (images, from, first) => {
    run.product(
      ...[from, g.image, g.stepY, g.stepX],
      ...[images, info.outHeight, info.outWidth],
      ...[g.count1, g.step1, g.count2, g.step2, g.run],
      ...[panels, columns],
      ...[at + first * outImage, outImage, outY, columns * 4],
      ...[bias, activation, pointers],
    );
  });
  return out;
}
