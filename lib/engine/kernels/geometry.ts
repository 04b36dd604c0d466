/**
 * Where the windows of a convolution lie in memory, and padding its images.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import * as wasm from "./calls.ts";
import type { Task } from "./threads.ts";

/** tfjs's description of a convolution. */
export type Info = tensorflow.backend_util.Conv2DInfo;

/** Padded images are made in groups of about this many bytes: they stay in cache. */
const GROUP_BYTES = 1 << 18;

/** Steps (bytes) through a padded image, and the runs that a window consists of. */
export function geometry(info: Info) {
  const { top, bottom, left, right } = info.padInfo;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pixel = info.inChannels * 4;
  const row = width * pixel;
  const dense = info.dilationWidth === 1; // a kernel row is one run
  return {
    height, // of a padded image
    width,
    pixel,
    row,
    image: height * row,
    /** From image to image, and from window to window. */
    steps: {
      inImage: height * row,
      inY: info.strideHeight * row,
      inX: info.strideWidth * pixel,
    },
    /** A window is count1 * count2 runs of `run` numbers. */
    window: {
      count1: info.filterHeight,
      step1: info.dilationHeight * row,
      count2: dense ? 1 : info.filterWidth,
      step2: info.dilationWidth * pixel,
      run: dense ? info.filterWidth * info.inChannels : info.inChannels,
    },
    /** Numbers in a window. */
    depth: info.filterHeight * info.filterWidth * info.inChannels,
    padded: top + bottom + left + right > 0,
  };
}

/** Rows of a matrix, `run` numbers each and `step` bytes apart, as windows in a line. */
export const asWindows = (rows: number, run: number, step = run * 4) => ({
  inImage: 0,
  inY: 0,
  inX: step,
  images: 1,
  height: 1,
  width: rows,
  count1: 1,
  step1: 0,
  count2: 1,
  step2: 0,
  run,
});

/** Images that are padded at once. */
function groupSize(info: Info, g: { image: number }): number {
  return Math.max(
    1,
    Math.min(info.batchSize, Math.floor(GROUP_BYTES / g.image)),
  );
}

/** The next multiple of four. */
export const fours = (rows: number) => Math.ceil(rows / 4) * 4;

/** The next multiple of eight. */
export const eights = (columns: number) => Math.ceil(columns / 8) * 8;

/** Where a kernel's numbers lie: address and steps in bytes. */
export interface KernelPlace {
  address: number;
  tapStep: number;
  inStep: number;
  outStep: number;
}

/** Part of a convolution: some of its images, or some output rows of one of them. */
export interface Part {
  info: Info;
  /** Bytes from the start of x to the part's first pixel, and the same of y. */
  x: number;
  y: number;
}

/** A task is worth its while from about this many products on. */
const LEAST_PRODUCTS = 1 << 18;

/** The most tasks that a job is divided into: more than any usual machine has cores. */
const MOST_PARTS = 32;

/** How many tasks are worth their while, from the number of products alone. */
export const taskCount = (products: number, most = MOST_PARTS): number =>
  Math.max(1, Math.min(most, Math.floor(products / LEAST_PRODUCTS)));

/** Products that a convolution takes by its definition. */
export const productsOf = (info: Info): number =>
  info.batchSize * info.outHeight * info.outWidth * info.outChannels *
  info.filterHeight * info.filterWidth * info.inChannels;

/**
 * A convolution in about `count` parts: groups of images, or bands of `step`
 * output rows or a multiple where there are fewer images than parts.
 */
export function partsOf(info: Info, count: number, step = 1): Part[] {
  const { batchSize, inHeight, inWidth, outHeight, outWidth } = info;
  const xRow = inWidth * info.inChannels * 4;
  const yRow = outWidth * info.outChannels * 4;
  const images = Math.ceil(batchSize / count);
  const parts: Part[] = [];
  if (batchSize >= count) {
    for (let first = 0; first < batchSize; first += images) {
      parts.push({
        info: { ...info, batchSize: Math.min(images, batchSize - first) },
        x: first * inHeight * xRow,
        y: first * outHeight * yRow,
      });
    }
    return parts;
  }
  const bands = Math.ceil(count / batchSize);
  const rows = Math.ceil(outHeight / step / bands) * step;
  const reach = (info.filterHeight - 1) * info.dilationHeight + 1;
  for (let n = 0; n < batchSize; n++) {
    for (let first = 0; first < outHeight; first += rows) {
      const height = Math.min(rows, outHeight - first);
      // Rows of x that the band reads, some of them beyond its edges.
      const begin = first * info.strideHeight - info.padInfo.top;
      const end = begin + (height - 1) * info.strideHeight + reach;
      const top = Math.max(0, -begin), bottom = Math.max(0, end - inHeight);
      if (top + bottom >= end - begin) return partsOf(info, batchSize);
      parts.push({
        info: {
          ...info,
          batchSize: 1,
          inHeight: end - begin - top - bottom,
          outHeight: height,
          padInfo: { ...info.padInfo, top, bottom },
        },
        x: (n * inHeight + begin + top) * xRow,
        y: (n * outHeight + first) * yRow,
      });
    }
  }
  return parts;
}

/**
 * A task for each part. Where the convolution pads, its images are padded in the
 * thread's own scratch, some at a time. The first `own` bytes there are the calls'.
 *
 * @param calls What to do with some images of a part: its number, how many images,
 * where their (padded) first pixel lies, and the number of the first in the part.
 */
export function partTasks(
  engine: Engine,
  parts: readonly Part[],
  x: number,
  own: number,
  calls: (part: number, images: number, from: number, first: number) => Task,
): Task[] {
  const places = parts.map(({ info }) => {
    const g = geometry(info);
    return { info, g, group: groupSize(info, g) };
  });
  const rooms = places.map(({ g, group }) => g.padded ? group * g.image : 0);
  const [, room] = engine.own(own, Math.max(...rooms));
  return places.map(({ info, g, group }, part) => {
    const from = x + parts[part].x;
    if (!g.padded) return calls(part, info.batchSize, from, 0);
    const task: Task = [wasm.clear({ out: room, bytes: rooms[part] })];
    const bytes = info.inHeight * info.inWidth * g.pixel;
    for (let first = 0; first < info.batchSize; first += group) {
      const images = Math.min(group, info.batchSize - first);
      task.push(
        wasm.place({
          input: from + first * bytes,
          images,
          height: info.inHeight,
          width: info.inWidth,
          pixel: g.pixel,
          out: room,
          outHeight: g.height,
          outWidth: g.width,
          top: info.padInfo.top,
          left: info.padInfo.left,
        }),
        ...calls(part, images, room, first),
      );
    }
    return task;
  });
}

/** Parts that a sum over all images is made in: each needs sums of its own. */
const MOST_SUMS = 8;

/** How many such parts are worth their while: what they are decides the last bits. */
export const sumCount = (products: number): number =>
  taskCount(products / 4, MOST_SUMS);

/** Parts of images for sums over all of them. */
export const sumParts = (info: Info): Part[] =>
  partsOf(
    info,
    Math.min(info.batchSize, sumCount(productsOf(info))),
  );

/** Has each part's task clear the part's sums before all else. */
export function clearFirst(
  tasks: readonly Task[],
  sums: number,
  bytes: number,
): void {
  tasks.forEach((task, part) =>
    task.unshift(wasm.clear({ out: sums + part * bytes, bytes }))
  );
}

/** Adds the sums of all parts, in their order, to those of the first. */
export function addParts(
  engine: Engine,
  sums: number,
  sumBytes: number,
  parts: number,
): void {
  if (parts === 1) return;
  engine.parallel(
    ranges(sumBytes / 4, 1).map(([first, size]) => {
      const from = sums + first * 4;
      return [wasm.addParts({ from, step: sumBytes, parts, size, out: from })];
    }),
  );
}

/** Numbers that a task passes over at least, and the most tasks of one pass. */
const LEAST_NUMBERS = 1 << 13, MOST_RANGES = 16;

/** Rows divided for tasks: [first, count], whole fours but for the last. */
export function ranges(rows: number, columns: number): [number, number][] {
  const least = fours(LEAST_NUMBERS / columns);
  const per = Math.max(least, fours(rows / MOST_RANGES));
  const list: [number, number][] = [];
  for (let first = 0; first < rows; first += per) {
    list.push([first, Math.min(per, rows - first)]);
  }
  return list;
}
