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
import type { Call } from "./threads.ts";
import { suitsWinograd, winogradForward } from "./winograd.ts";

/** Of so few output pixels, tasks take some channels each; else some pixels each. */
const FEW_PIXELS = 256, MOST_GROUPS = 16;

/** A convolution of the images at `x`. */
export function convolve(engine: Engine, job: Job): Info {
  const { info, x, bias, activation: act } = job;
  if (suitsWinograd(info)) return winogradForward(engine, job);
  const { depth, padded, windows } = geometry(info);
  const out = engine.output(info.outShape), to = engine.address(out);
  const columns = info.outChannels;
  const outX = columns * 4, outY = info.outWidth * outX;
  const same = { columns, outImage: info.outHeight * outY, outY, outX, act };
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  if (!padded && pixels <= FEW_PIXELS) {
    const count = taskCount(productsOf(info), MOST_GROUPS);
    const some = eights(columns / count);
    const [pointers, panels] = engine.own(POINTER_BYTES, depth * some * 4);
    const all = { ...windows, ...same, images: info.batchSize, input: x };
    engine.parallel(
      Array.from({ length: Math.ceil(columns / some) }, (_, i) => {
        const first = i * some, columns = Math.min(some, all.columns - first);
        const place = {
          out: to + first * 4,
          bias: bias && bias + first * 4,
          columns,
        };
        return [
          ...packing(job, { first, columns, panels, depth }),
          wasm.product({ ...all, ...place, panels, pointers }),
        ];
      }),
    );
    return out;
  }
  const [panels] = engine.scratch(depth * eights(columns) * 4);
  for (const call of packing(job, { first: 0, columns, panels, depth })) {
    engine.run(call);
  }
  const parts = partsOf(info, taskCount(productsOf(info)));
  engine.parallel(
    partTasks(engine, { parts, x, own: POINTER_BYTES }, ({ info }, some) => [
      wasm.product({
        ...geometry(info).windows,
        ...same,
        images: some.images,
        input: some.from,
        panels,
        out: to + some.y,
        outImage: info.outHeight * outY,
        bias,
        pointers: wasm.OWN,
      }),
    ]),
  );
  return out;
}

/** Packs some columns of the kernel, tap by tap. */
function packing(
  { info: { inChannels }, kernel: { kernel, tapStep, inStep, outStep } }: Job,
  { first, columns, panels, depth }: Record<
    "first" | "columns" | "panels" | "depth",
    number
  >,
): Call[] {
  return Array.from(
    { length: depth / inChannels },
    (_, tap) =>
      wasm.packPanels({
        kernel: kernel + tap * tapStep + first * outStep,
        depth: inChannels,
        columns,
        rowStep: inStep,
        columnStep: outStep,
        panels: panels + tap * inChannels * 32,
        panelStep: depth * 32,
      }),
  );
}
