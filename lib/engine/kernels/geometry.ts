/**
 * Where the windows of a convolution lie in memory, and padding its images.
 *
 * @module
 */
import type * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import type { Call, Task } from "./threads.ts";

/** tfjs's description of a convolution. */
export type Convolution = tf.backend_util.Conv2DInfo;

/** Padded images are made in groups of about this many bytes: they stay in cache. */
const GROUP_BYTES = 1 << 18;

/** Steps (bytes) through a padded image, and the runs that a window consists of. */
export function geometry(info: Convolution) {
  const { top, bottom, left, right } = info.padInfo;
  const { filterHeight, filterWidth, inChannels } = info;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pixel = inChannels * 4, row = width * pixel, image = height * row;
  const dense = info.dilationWidth === 1; // a kernel row is one run
  const windows = {
    inImage: image, // from image to image
    inY: info.strideHeight * row, // from window to window
    inX: info.strideWidth * pixel,
    height: info.outHeight,
    width: info.outWidth,
    count1: filterHeight, // count1 * count2 runs of `run` numbers
    step1: info.dilationHeight * row,
    count2: dense ? 1 : filterWidth,
    step2: info.dilationWidth * pixel,
    run: dense ? filterWidth * inChannels : inChannels,
  };
  const depth = filterHeight * filterWidth * inChannels; // numbers in a window
  const padded = top + bottom + left + right > 0;
  return { height, width, pixel, row, image, windows, depth, padded };
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

/** Sizes of a pooling or a depthwise convolution. */
export const sizesOf = (info: Convolution) => ({
  images: info.batchSize,
  height: info.inHeight,
  width: info.inWidth,
  outHeight: info.outHeight,
  outWidth: info.outWidth,
  windowY: info.filterHeight,
  windowX: info.filterWidth,
  strideY: info.strideHeight,
  strideX: info.strideWidth,
  dilationY: info.dilationHeight,
  dilationX: info.dilationWidth,
  top: info.padInfo.top,
  left: info.padInfo.left,
});

/** The next multiple of four. */
export const fours = (rows: number) => Math.ceil(rows / 4) * 4;

/** The next multiple of eight. */
export const eights = (columns: number) => Math.ceil(columns / 8) * 8;

/** A convolution to be done: addresses, and a kernel's steps in bytes. */
export interface Job {
  info: Convolution;
  x: number;
  kernel: { kernel: number; tapStep: number; inStep: number; outStep: number };
  bias: number; // 0: none
  activation: number;
}

/** Part of a convolution: some of its images, or some output rows of one of them. */
export interface Part {
  info: Convolution;
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
export const productsOf = (info: Convolution): number =>
  info.batchSize * info.outHeight * info.outWidth * info.outChannels *
  info.filterHeight * info.filterWidth * info.inChannels;

/** Groups of images, as many as are worth their while. */
export const groupsOf = (
  info: Convolution,
  products = productsOf(info),
  most = MOST_PARTS,
): Part[] => partsOf(info, Math.min(info.batchSize, taskCount(products, most)));

/** Groups with sums of their own to add up: what they are decides the last bits. */
export const sumGroups = (
  info: Convolution,
  products = productsOf(info),
): Part[] => groupsOf(info, products / 4, 8);

/**
 * A convolution in about `count` parts: groups of images, or bands of `step`
 * output rows or a multiple where there are fewer images than parts.
 */
export function partsOf(info: Convolution, count: number, step = 1): Part[] {
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

/** Parts, the address of the images, and bytes of scratch that the calls use. */
interface PartJob<P extends Part> {
  parts: readonly P[];
  x: number;
  own: number;
}

/** How many images, where their (padded) first pixel lies, and bytes to it in y. */
interface SomeImages {
  images: number;
  from: number;
  y: number;
}

/**
 * A task for each part. Where the convolution pads, its images are padded in the
 * thread's own scratch, some at a time. The first `own` bytes there are the calls'.
 */
export function partTasks<P extends Part>(
  engine: Engine,
  { parts, x, own }: PartJob<P>,
  calls: (part: P, some: SomeImages, index: number) => Task,
): Task[] {
  const places = parts.map(({ info }) => {
    const g = geometry(info), group = Math.floor(GROUP_BYTES / g.image);
    return { g, group: Math.max(1, Math.min(info.batchSize, group)) };
  });
  const rooms = places.map(({ g, group }) => g.padded ? group * g.image : 0);
  const [, room] = engine.own(own, Math.max(...rooms));
  return parts.map((part, index) => {
    const { info, y } = part, { g, group } = places[index];
    const { batchSize, inHeight, inWidth } = info, from = x + part.x;
    if (!g.padded) return calls(part, { images: batchSize, from, y }, index);
    const task: Task = [wasm.clear({ out: room, bytes: rooms[index] })];
    const bytes = inHeight * inWidth * g.pixel;
    const yBytes = info.outHeight * info.outWidth * info.outChannels * 4;
    for (let first = 0; first < batchSize; first += group) {
      const images = Math.min(group, batchSize - first);
      task.push(
        wasm.place({
          input: from + first * bytes,
          images,
          height: inHeight,
          width: inWidth,
          pixel: g.pixel,
          out: room,
          outHeight: g.height,
          outWidth: g.width,
          top: info.padInfo.top,
          left: info.padInfo.left,
        }),
        ...calls(part, { images, from: room, y: y + first * yBytes }, index),
      );
    }
    return task;
  });
}

/** Such tasks, each with sums of its own (bytes), added up: where the whole lies. */
export function sumOfParts<P extends Part>(
  engine: Engine,
  job: PartJob<P> & { bytes: number },
  call: (part: P, some: SomeImages, sums: number) => Call,
): number {
  const { bytes } = job, parts = job.parts.length;
  const [sums] = engine.scratch(parts * bytes);
  const tasks = partTasks(engine, job, (part, some, index) => [
    call(part, some, sums + index * bytes),
  ]);
  engine.parallel(tasks.map((task, index) => [
    wasm.clear({ out: sums + index * bytes, bytes }),
    ...task,
  ]));
  if (parts === 1) return sums;
  engine.parallel(
    ranges(bytes / 4, 1).map(([first, size]) => {
      const from = sums + first * 4;
      return [wasm.addParts({ from, step: bytes, parts, size, out: from })];
    }),
  );
  return sums;
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
