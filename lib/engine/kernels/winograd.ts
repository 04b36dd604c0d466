/**
 * 3x3 convolutions of stride 1 by Winograd's way: fewer products.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import {
  addParts,
  asWindows,
  clearFirst,
  eights,
  geometry,
  type Info,
  type KernelPlace,
  type Part,
  partsOf,
  partTasks,
  productsOf,
  sumParts,
  taskCount,
} from "./geometry.ts";
import { OWN, type Task } from "./threads.ts";

/** Transformed tiles of about this many bytes are handled at once. */
const WORK_BYTES = 3 << 16;

/** Tiles at least, so that a panel of the kernel is read for more than a few. */
const LEAST_TILES = 24;

/** Scratch of the binary's transforms: TEMP in winograd.ts there. */
const TEMP_BYTES = 832;

/**
 * The largest tile in use, 4 or 2: to compare trainings with one and the other.
 * 4x4 takes fewer products and rounds about eight times as much.
 */
export const winograd: { largestTile: 2 | 4 } = { largestTile: 4 };

/** Is it a 3x3 convolution of stride 1 with whole vectors of channels? */
export function suitsWinograd(info: Info): boolean {
  return info.filterHeight === 3 && info.filterWidth === 3 &&
    info.strideHeight === 1 && info.strideWidth === 1 &&
    info.dilationHeight === 1 && info.dilationWidth === 1 &&
    info.inChannels % 4 === 0 && info.outChannels % 4 === 0 &&
    info.inChannels >= 8 && info.outChannels >= 8 &&
    info.outHeight > 1 && info.outWidth > 1;
}

/** Outputs along one side of a tile: 4 where that takes clearly fewer products. */
function tileSize({ outHeight, outWidth }: Info): 2 | 4 {
  const products = (m: number) =>
    Math.ceil(outHeight / m) * Math.ceil(outWidth / m) * (m + 2) ** 2;
  return winograd.largestTile === 4 && products(4) < 0.9 * products(2) ? 4 : 2;
}

/** Tiles of a part, and its images padded to whole tiles. */
function tiled(
  part: Part,
  m: number,
): Part & { tilesY: number; tilesX: number } {
  const { info } = part;
  const tilesY = Math.ceil(info.outHeight / m);
  const tilesX = Math.ceil(info.outWidth / m);
  const { top, left } = info.padInfo;
  const bottom = m * tilesY + 2 - info.inHeight - top;
  const right = m * tilesX + 2 - info.inWidth - left;
  const padInfo = { ...info.padInfo, bottom, right };
  return { ...part, info: { ...info, padInfo }, tilesY, tilesX };
}

/** Tiles that are transformed at once, and the scratch that they take. */
function chunkOf(info: Info, m: number) {
  const positions = (m + 2) ** 2;
  const tileBytes = positions * 4 * (info.inChannels + info.outChannels);
  const chunk = Math.max(
    LEAST_TILES,
    Math.floor(WORK_BYTES / tileBytes / 4) * 4,
  );
  // each plane has 64 bytes more
  const workBytes = TEMP_BYTES + chunk * tileBytes + positions * 2 * 64;
  return { chunk, workBytes };
}

/** y = x * kernel, with bias and activation. */
export function winogradForward(
  engine: Engine,
  x: number,
  kernel: KernelPlace,
  bias: number,
  activation: number,
  info: Info,
): tensorflow.TensorInfo {
  const { inChannels: cin, outChannels: cout, outWidth } = info;
  const m = tileSize(info), { chunk, workBytes } = chunkOf(info, m);
  const out = engine.output(info.outShape), to = engine.address(out);
  const [panels] = engine.scratch((m + 2) ** 2 * planeBytes(cin, eights(cout)));
  const [temp] = engine.own(TEMP_BYTES);
  const columns = eights(cout / taskCount((m + 2) ** 2 * 4 * cin * cout));
  const packing: Task[] = [];
  for (let first = 0; first < cout; first += columns) {
    packing.push([wasm.winogradFilter({
      m,
      kernel: kernel.address,
      tapStep: kernel.tapStep,
      inStep: kernel.inStep,
      outStep: kernel.outStep,
      cin,
      cout,
      first,
      last: Math.min(cout, first + columns),
      panels,
      temp,
    })]);
  }
  engine.parallel(packing);
  const tiles = info.batchSize * Math.ceil(info.outHeight / m) *
    Math.ceil(outWidth / m);
  const most = Math.max(1, Math.floor(tiles / LEAST_TILES));
  const count = Math.min(most, taskCount(productsOf(info)));
  const parts = partsOf(info, count, m).map((part) => tiled(part, m));
  engine.parallel(
    partTasks(engine, parts, x, workBytes, (part, images, from, first) => {
      const { info, y, tilesY, tilesX } = parts[part];
      const image = info.outHeight * outWidth * cout * 4;
      return [wasm.winogradForward({
        m,
        x: from,
        images,
        row: geometry(info).row,
        cin,
        tilesY,
        tilesX,
        panels,
        cout,
        out: to + y + first * image,
        height: info.outHeight,
        width: outWidth,
        bias,
        act: activation,
        work: OWN,
        chunk,
      })];
    }),
  );
  return out;
}

/** The gradient of the kernel. */
export function winogradGradient(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { inChannels: cin, outChannels: cout } = info;
  const m = tileSize(info), positions = (m + 2) ** 2;
  const out = engine.output(info.filterShape);
  const sumBytes = positions * planeBytes(cin, eights(cout));
  const parts = sumParts(info).map((part) => tiled(part, m));
  const { tilesY, tilesX } = parts[0];
  const tiles = info.batchSize * tilesY * tilesX;
  const planes = positions *
    (planeBytes(tiles, cin) + planeBytes(tiles, cout));
  const sums = parts.length * sumBytes > planes
    ? byPosition(engine, x, dy, info, parts, m)
    : byImages(engine, x, dy, info, parts, m);
  const [temp] = engine.own(TEMP_BYTES);
  const rows = Math.ceil(cin / taskCount(positions * 4 * cin * cout));
  const ends: Task[] = [];
  for (let first = 0; first < cin; first += rows) {
    ends.push([wasm.winogradSums({
      m,
      sums,
      cin,
      cout,
      out: engine.address(out),
      first,
      last: Math.min(cin, first + rows),
      temp,
    })]);
  }
  engine.parallel(ends);
  return out;
}

type TiledPart = ReturnType<typeof tiled>;

/** Bytes of one position's numbers: 64 more, to spread over cache sets. */
const planeBytes = (rows: number, columns: number) => rows * columns * 4 + 64;

/** The sums of each part of the images, then together; where they lie. */
function byImages(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
  parts: readonly TiledPart[],
  m: number,
): number {
  const { inChannels: cin, outChannels: cout, outHeight, outWidth } = info;
  const { chunk, workBytes } = chunkOf(info, m);
  const sumBytes = (m + 2) ** 2 * planeBytes(cin, eights(cout));
  const [sums] = engine.scratch(parts.length * sumBytes);
  const given = engine.address(dy), image = outHeight * outWidth * cout * 4;
  const tasks = partTasks(
    engine,
    parts,
    engine.address(x),
    workBytes,
    (part, images, from, first) => {
      const { info, y, tilesY, tilesX } = parts[part];
      return [wasm.winogradGradient({
        m,
        x: from,
        images,
        row: geometry(info).row,
        cin,
        tilesY,
        tilesX,
        dy: given + y + first * image,
        cout,
        height: outHeight,
        width: outWidth,
        sums: sums + part * sumBytes,
        work: OWN,
        chunk,
      })];
    },
  );
  clearFirst(tasks, sums, sumBytes);
  engine.parallel(tasks);
  addParts(engine, sums, sumBytes, parts.length);
  return sums;
}

/** All tiles first, then position by position: where sums are larger than tiles. */
function byPosition(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
  parts: readonly TiledPart[],
  m: number,
): number {
  const { inChannels: cin, outChannels: cout, outHeight, outWidth } = info;
  const positions = (m + 2) ** 2;
  const sumBytes = planeBytes(cin, eights(cout));
  const { tilesY, tilesX } = parts[0], perImage = tilesY * tilesX;
  const tiles = info.batchSize * perImage;
  const plane = planeBytes(tiles, cin), dyPlane = planeBytes(tiles, cout);
  const [sums, inputs, gradients] = engine.scratch(
    positions * sumBytes,
    positions * plane,
    positions * dyPlane,
  );
  const given = engine.address(dy), image = outHeight * outWidth * cout * 4;
  engine.parallel(partTasks(
    engine,
    parts,
    engine.address(x),
    TEMP_BYTES,
    (part, images, from, first) => {
      const { info, y } = parts[part];
      const tile = (y / image + first) * perImage;
      return [wasm.winogradTiles({
        m,
        x: from,
        row: geometry(info).row,
        cin,
        tilesY,
        tilesX,
        dy: given + y + first * image,
        cout,
        height: outHeight,
        width: outWidth,
        first: 0,
        count: images * perImage,
        inputs: inputs + tile * cin * 4,
        plane,
        given: gradients + tile * cout * 4,
        dyPlane,
        temp: OWN,
      })];
    },
  ));
  engine.parallel(Array.from({ length: positions }, (_, position) => {
    const to = sums + position * sumBytes;
    return [
      wasm.clear({ out: to, bytes: sumBytes }),
      wasm.outer({
        ...asWindows(tiles, cin),
        input: inputs + position * plane,
        dy: gradients + position * dyPlane,
        dyImage: 0,
        dyY: 0,
        dyX: cout * 4,
        columns: cout,
        sums: to,
      }),
    ];
  }));
  return sums;
}
