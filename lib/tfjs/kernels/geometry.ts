/**
 * Where the windows of a convolution lie in memory, and padding its images.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";

/** tfjs's description of a convolution. */
export type Info = tensorflow.backend_util.Conv2DInfo;

/** Padded images are made in groups of about this many bytes: they stay in cache. */
const GROUP_BYTES = 1 << 18;

/** Steps (bytes) through a padded image, and the runs that a window consists of. */
export interface Geometry {
  height: number; // of a padded image
  width: number;
  pixel: number; // bytes
  row: number;
  image: number;
  stepY: number; // from window to window
  stepX: number;
  count1: number; // runs of a window: count1 * count2 runs of `run` numbers
  step1: number;
  count2: number;
  step2: number;
  run: number;
  depth: number; // numbers in a window
  padded: boolean;
}

/** The geometry of a convolution. */
export function geometry(info: Info): Geometry {
  const { top, bottom, left, right } = info.padInfo;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pixel = info.inChannels * 4;
  const row = width * pixel;
  const dense = info.dilationWidth === 1; // a kernel row is one run
  return {
    height,
    width,
    pixel,
    row,
    image: height * row,
    stepY: info.strideHeight * row,
    stepX: info.strideWidth * pixel,
    count1: info.filterHeight,
    step1: info.dilationHeight * row,
    count2: dense ? 1 : info.filterWidth,
    step2: info.dilationWidth * pixel,
    run: dense ? info.filterWidth * info.inChannels : info.inChannels,
    depth: info.filterHeight * info.filterWidth * info.inChannels,
    padded: top + bottom + left + right > 0,
  };
}

/** Visits the input in groups of images, padded where the convolution pads. */
export function forEachGroup(
  engine: Engine,
  info: Info,
  g: Geometry,
  x: number,
  room: number,
  visit: (images: number, from: number, first: number) => void,
) {
  if (!g.padded) return visit(info.batchSize, x, 0);
  const group = groupSize(info, g);
  engine.run.clear(room, group * g.image);
  const bytes = info.inHeight * info.inWidth * g.pixel;
  for (let first = 0; first < info.batchSize; first += group) {
    const images = Math.min(group, info.batchSize - first);
    engine.run.place(
      x + first * bytes,
      images,
      info.inHeight,
      info.inWidth,
      g.pixel,
      room,
      g.height,
      g.width,
      info.padInfo.top,
      info.padInfo.left,
    );
    visit(images, room, first);
  }
}

/** Images that are padded at once. */
export function groupSize(info: Info, g: Geometry): number {
  return Math.max(
    1,
    Math.min(info.batchSize, Math.floor(GROUP_BYTES / g.image)),
  );
}

/** The next multiple of eight. */
export const eights = (columns: number) => Math.ceil(columns / 8) * 8;

/** Where a kernel's numbers lie: address and steps in bytes. */
export interface KernelPlace {
  address: number;
  tapStep: number;
  inStep: number;
  outStep: number;
}
