/**
 * The convolution itself: of images with a kernel, however the kernel lies.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  eights,
  geometry,
  type Info,
  type KernelPlace,
  partsOf,
  partTasks,
  productsOf,
  taskCount,
} from "./geometry.ts";
import { OWN } from "./threads.ts";
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
  const out = engine.output(info.outShape);
  const columns = info.outChannels;
  const [panels] = engine.scratch(g.depth * eights(columns) * 4);
  const { address, tapStep, inStep, outStep } = kernel;
  const taps = info.filterHeight * info.filterWidth, cin = info.inChannels;
  for (let tap = 0; tap < taps; tap++) {
    engine.run(wasm.packPanels({
      kernel: address + tap * tapStep,
      depth: cin,
      columns,
      rowStep: inStep,
      columnStep: outStep,
      panels: panels + tap * cin * 32,
      panelStep: g.depth * 32,
    }));
  }
  const at = engine.address(out);
  const outY = info.outWidth * columns * 4;
  const parts = partsOf(info, taskCount(productsOf(info)));
  engine.parallel(
    partTasks(engine, parts, x, POINTER_BYTES, (part, images, from, first) => {
      const { info, y } = parts[part], { steps, window } = geometry(info);
      const outImage = info.outHeight * outY;
      return [wasm.product({
        input: from,
        ...steps,
        images,
        height: info.outHeight,
        width: info.outWidth,
        ...window,
        panels,
        columns,
        out: at + y + first * outImage,
        outImage,
        outY,
        outX: columns * 4,
        bias,
        act: activation,
        pointers: OWN,
      })];
    }),
  );
  return out;
}
