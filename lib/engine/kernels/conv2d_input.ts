/**
 * A convolution's gradient by its input.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { convolve } from "./convolve.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  eights,
  geometry,
  type Info,
  partsOf,
  productsOf,
  taskCount,
} from "./geometry.ts";
import type { Task } from "./threads.ts";

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
  engine.run.packPanels(
    ...[engine.address(filter), outChannels, g.depth, 4, outChannels * 4],
    ...[panels, outChannels * 32],
  );
  const [pointers, windows, room] = engine.own(
    ...[POINTER_BYTES, rows * windowRow, g.padded ? g.image : 0],
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
      task.push(["clear", image, g.padded ? g.image : bytes]);
      for (let y = 0; y < outHeight; y += rows) {
        const count = Math.min(rows, outHeight - y);
        task.push([
          "product",
          ...[from, 0, 0, outChannels * 4, 1, 1, count * outWidth],
          ...[1, 0, 1, 0, outChannels],
          ...[panels, g.depth, windows, 0, 0, g.depth * 4],
          ...[0, 0, pointers],
        ], [
          "scatter",
          ...[windows, count, outWidth],
          ...[g.count1, g.step1, g.count2, g.step2, g.run],
          ...[image + y * g.stepY, g.stepY, g.stepX],
        ]);
        from += count * dyRow;
      }
      if (g.padded) {
        task.push([
          "cut",
          ...[room, g.height, g.width, info.padInfo.top, info.padInfo.left],
          ...[to, 1, info.inHeight, info.inWidth, g.pixel],
        ]);
      }
    }
    return task;
  }));
  return out;
}
