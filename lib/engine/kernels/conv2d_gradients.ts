/**
 * A convolution's gradients, by its input and by its kernel.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { convolve } from "./convolve.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  addParts,
  asWindows,
  clearFirst,
  eights,
  fours,
  geometry,
  type Info,
  partsOf,
  partTasks,
  productsOf,
  sumParts,
  taskCount,
} from "./geometry.ts";
import type { Task } from "./threads.ts";
import { suitsWinograd, winogradGradient } from "./winograd.ts";

/** Windows of this many bytes are made before they are added back. */
const WINDOW_BYTES = 1 << 16;

/** dx, by whichever of the two ways takes fewer steps. */
export function inputGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const taps = filterHeight * filterWidth;
  const canTurn = info.strideHeight === 1 && info.strideWidth === 1 &&
    info.dilationHeight === 1 && info.dilationWidth === 1 &&
    Math.max(padInfo.top, padInfo.bottom) < filterHeight &&
    Math.max(padInfo.left, padInfo.right) < filterWidth;
  const turned = info.inHeight * info.inWidth * taps * outChannels *
    eights(inChannels);
  // Adding a number back costs about as much as five products.
  const scattered = info.outHeight * info.outWidth * taps * inChannels *
    (outChannels + 5);
  return canTurn && turned <= scattered
    ? turnedGradient(engine, dy, filter, info)
    : scatteredGradient(engine, dy, filter, info);
}

/** dx as a convolution of dy with the kernel turned by half a circle. */
function turnedGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const tapStep = inChannels * outChannels * 4;
  return convolve(
    engine,
    engine.address(dy),
    {
      address: engine.address(filter) +
        (filterHeight * filterWidth - 1) * tapStep,
      tapStep: -tapStep,
      inStep: 4,
      outStep: outChannels * 4,
    },
    0,
    0,
    {
      ...info,
      inHeight: info.outHeight,
      inWidth: info.outWidth,
      inChannels: outChannels,
      outHeight: info.inHeight,
      outWidth: info.inWidth,
      outChannels: inChannels,
      outShape: info.inShape,
      padInfo: {
        ...padInfo,
        top: filterHeight - 1 - padInfo.top,
        bottom: filterHeight - 1 - padInfo.bottom,
        left: filterWidth - 1 - padInfo.left,
        right: filterWidth - 1 - padInfo.right,
      },
    },
  );
}

/** dx: each window's gradient dy * filter^T, added back to where it was taken. */
function scatteredGradient(
  engine: Engine,
  dy: tensorflow.TensorInfo,
  filter: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const g = geometry(info);
  const out = engine.output(info.inShape);
  const { outHeight, outWidth, outChannels } = info;
  const windowRow = outWidth * g.depth * 4;
  const rows = Math.max(
    1,
    Math.min(outHeight, Math.floor(WINDOW_BYTES / windowRow)),
  );
  const [panels] = engine.scratch(outChannels * eights(g.depth) * 4);
  engine.run(wasm.packPanels({
    kernel: engine.address(filter),
    depth: outChannels,
    columns: g.depth,
    rowStep: 4,
    columnStep: outChannels * 4,
    panels,
    panelStep: outChannels * 32,
  }));
  const [pointers, windows, room] = engine.own(
    POINTER_BYTES,
    rows * windowRow,
    g.padded ? g.image : 0,
  );
  const dyRow = outWidth * outChannels * 4;
  const bytes = info.inHeight * info.inWidth * g.pixel;
  const parts = partsOf(
    info,
    Math.min(info.batchSize, taskCount(productsOf(info))),
  );
  engine.parallel(parts.map(({ info: { batchSize }, x, y: given }) => {
    const task: Task = [];
    let from = engine.address(dy) + given;
    for (let n = 0; n < batchSize; n++) {
      const to = engine.address(out) + x + n * bytes;
      const image = g.padded ? room : to;
      task.push(wasm.clear({ out: image, bytes: g.padded ? g.image : bytes }));
      for (let y = 0; y < outHeight; y += rows) {
        const count = Math.min(rows, outHeight - y);
        task.push(
          wasm.product({
            ...asWindows(count * outWidth, outChannels),
            input: from,
            panels,
            columns: g.depth,
            out: windows,
            outImage: 0,
            outY: 0,
            outX: g.depth * 4,
            bias: 0,
            act: 0,
            pointers,
          }),
          wasm.scatter({
            windows,
            height: count,
            width: outWidth,
            ...g.window,
            out: image + y * g.steps.inY,
            outY: g.steps.inY,
            outX: g.steps.inX,
          }),
        );
        from += count * dyRow;
      }
      if (g.padded) {
        task.push(wasm.cut({
          input: room,
          inHeight: g.height,
          inWidth: g.width,
          top: info.padInfo.top,
          left: info.padInfo.left,
          out: to,
          images: 1,
          height: info.inHeight,
          width: info.inWidth,
          pixel: g.pixel,
        }));
      }
    }
    return task;
  }));
  return out;
}

/** dFilter = sum over all windows of window^T * dy. */
export function filterGradient(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  if (suitsWinograd(info)) return winogradGradient(engine, x, dy, info);
  const g = geometry(info);
  const out = engine.output(info.filterShape);
  const columns = info.outChannels;
  const { count1, count2, run } = g.window, runs = count1 * count2;
  const sumBytes = runs * fours(run) * eights(columns) * 4;
  const parts = sumParts(info);
  const [sums] = engine.scratch(parts.length * sumBytes);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  const given = engine.address(dy);
  const tasks = partTasks(
    engine,
    parts,
    engine.address(x),
    0,
    (part, images, from, first) => [
      wasm.outer({
        input: from,
        ...g.steps,
        dy: given + parts[part].y + first * outImage,
        dyImage: outImage,
        dyY: outY,
        dyX: columns * 4,
        images,
        height: info.outHeight,
        width: info.outWidth,
        ...g.window,
        columns,
        sums: sums + part * sumBytes,
      }),
    ],
  );
  clearFirst(tasks, sums, sumBytes);
  engine.parallel(tasks);
  addParts(engine, sums, sumBytes, parts.length);
  engine.run(
    wasm.unpadSums({ sums, runs, run, columns, out: engine.address(out) }),
  );
  return out;
}
