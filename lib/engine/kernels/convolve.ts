/**
 * The convolution itself: of images with a kernel, however the kernel lies.
 *
 * @module
 */
import type { Info } from "../stock.ts";
import * as wasm from "./calls.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  eights,
  geometry,
  type Job,
  partsOf,
  partTasks,
  productsOf,
  taskCount,
} from "./geometry.ts";
import { suitsWinograd, winogradForward } from "./winograd.ts";

/** A convolution of the images at `x`. */
export function convolve(engine: Engine, job: Job): Info {
  const { info, x, kernel, bias, activation: act } = job;
  if (suitsWinograd(info)) return winogradForward(engine, job);
  const { depth } = geometry(info);
  const out = engine.output(info.outShape), to = engine.address(out);
  const columns = info.outChannels, cin = info.inChannels;
  const [panels] = engine.scratch(depth * eights(columns) * 4);
  for (let tap = 0; tap * cin < depth; tap++) {
    engine.run(wasm.packPanels({
      kernel: kernel.kernel + tap * kernel.tapStep,
      depth: cin,
      columns,
      rowStep: kernel.inStep,
      columnStep: kernel.outStep,
      panels: panels + tap * cin * 32,
      panelStep: depth * 32,
    }));
  }
  const outX = columns * 4, outY = info.outWidth * outX;
  const parts = partsOf(info, taskCount(productsOf(info)));
  engine.parallel(
    partTasks(engine, { parts, x, own: POINTER_BYTES }, ({ info }, some) => [
      wasm.product({
        ...geometry(info).windows,
        images: some.images,
        input: some.from,
        panels,
        columns,
        out: to + some.y,
        outImage: info.outHeight * outY,
        outY,
        outX,
        bias,
        act,
        pointers: wasm.OWN,
      }),
    ]),
  );
  return out;
}
