/**
 * A convolution's gradients, by its input and by its kernel.
 *
 * @module
 */
import type { Info } from "../stock.ts";
import * as wasm from "./calls.ts";
import { convolve } from "./convolve.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import {
  asWindows,
  type Convolution,
  eights,
  fours,
  geometry,
  groupsOf,
  sumGroups,
  sumOfParts,
} from "./geometry.ts";
import type { Task } from "./threads.ts";
import { suitsWinograd, winogradGradient } from "./winograd.ts";

/** Windows of this many bytes are made before they are added back. */
const WINDOW_BYTES = 1 << 16;

/** A gradient from dy, and from the kernel or the image. */
type Gradient = (
  engine: Engine,
  dy: Info,
  other: Info,
  info: Convolution,
) => Info;

/** dx, by whichever of the two ways takes fewer steps. */
export const inputGradient: Gradient = (engine, dy, filter, info) => {
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
};

/** dx as a convolution of dy with the kernel turned by half a circle. */
const turnedGradient: Gradient = (engine, dy, filter, info) => {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const tapStep = inChannels * outChannels * 4;
  const turned = {
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
  };
  const last = (filterHeight * filterWidth - 1) * tapStep;
  return convolve(engine, {
    info: turned,
    x: engine.address(dy),
    kernel: {
      kernel: engine.address(filter) + last,
      tapStep: -tapStep,
      inStep: 4,
      outStep: outChannels * 4,
    },
    bias: 0,
    activation: 0,
  });
};

/** dx: each window's gradient dy * filter^T, added back to where it was taken. */
const scatteredGradient: Gradient = (engine, dy, filter, info) => {
  const g = geometry(info);
  const out = engine.output(info.inShape);
  const { outHeight, outWidth, outChannels } = info;
  const windowRow = outWidth * g.depth * 4;
  const most = Math.floor(WINDOW_BYTES / windowRow);
  const rows = Math.max(1, Math.min(outHeight, most));
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
  engine.parallel(
    groupsOf(info).map(({ info: { batchSize }, x, y: given }) => {
      const task: Task = [];
      let from = engine.address(dy) + given;
      for (let n = 0; n < batchSize; n++) {
        const to = engine.address(out) + x + n * bytes;
        const image = g.padded ? room : to;
        task.push(
          wasm.clear({ out: image, bytes: g.padded ? g.image : bytes }),
        );
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
              ...g.windows,
              windows,
              height: count,
              out: image + y * g.windows.inY,
              outY: g.windows.inY,
              outX: g.windows.inX,
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
    }),
  );
  return out;
};

/** dFilter = sum over all windows of window^T * dy. */
export const filterGradient: Gradient = (engine, dy, x, info) => {
  if (suitsWinograd(info)) return winogradGradient(engine, x, dy, info);
  const { windows } = geometry(info), { run } = windows;
  const out = engine.output(info.filterShape), to = engine.address(out);
  const columns = info.outChannels, runs = windows.count1 * windows.count2;
  const bytes = runs * fours(run) * eights(columns) * 4;
  const dyX = columns * 4, dyY = info.outWidth * dyX;
  const given = engine.address(dy), parts = sumGroups(info);
  const job = { parts, x: engine.address(x), own: 0, bytes };
  const sums = sumOfParts(
    engine,
    job,
    (_, { images, from, y }, sums) =>
      wasm.outer({
        ...windows,
        images,
        input: from,
        dy: given + y,
        dyImage: info.outHeight * dyY,
        dyY,
        dyX,
        columns,
        sums,
      }),
  );
  engine.run(wasm.unpadSums({ sums, runs, run, columns, out: to }));
  return out;
};
