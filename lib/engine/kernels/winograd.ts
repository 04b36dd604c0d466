/**
 * 3x3 convolutions of stride 1 by Winograd's way: fewer products.
 *
 * @module
 */
import type { Info } from "../stock.ts";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import {
  asWindows,
  type Convolution,
  eights,
  type Job,
  type Part,
  partsOf,
  partTasks,
  productsOf,
  sumGroups,
  sumOfParts,
  taskCount,
} from "./geometry.ts";
import type { Task } from "./threads.ts";

/** Transformed tiles of about this many bytes are handled at once. */
const WORK_BYTES = 3 << 16;

/** Tiles at least, so that a panel of the kernel is read for more than a few. */
const LEAST_TILES = 32;

/** Scratch of the binary's transforms: TEMP in winograd.ts there. */
const TEMP_BYTES = 3264;

/**
 * The largest tile in use, 4 or 2: to compare trainings with one and the other.
 * 4x4 takes fewer products and rounds about eight times as much.
 */
export const winograd: { largestTile: 2 | 4 } = { largestTile: 4 };

/** Is it a 3x3 convolution of stride 1 with whole vectors of channels? */
export function suitsWinograd(info: Convolution): boolean {
  return info.filterHeight === 3 && info.filterWidth === 3 &&
    info.strideHeight === 1 && info.strideWidth === 1 &&
    info.dilationHeight === 1 && info.dilationWidth === 1 &&
    info.inChannels % 4 === 0 && info.outChannels % 4 === 0 &&
    info.inChannels >= 8 && info.outChannels >= 8 &&
    info.outHeight > 1 && info.outWidth > 1;
}

/** Outputs along one side of a tile: 4 where that takes clearly fewer products. */
function tileSize({ outHeight, outWidth }: Convolution): 2 | 4 {
  const products = (m: number) =>
    Math.ceil(outHeight / m) * Math.ceil(outWidth / m) * (m + 2) ** 2;
  return winograd.largestTile === 4 && products(4) < 0.9 * products(2) ? 4 : 2;
}

/** A part in tiles, which know by themselves that zeros lie outside of an image. */
function tiled(part: Part, m: number) {
  const { outHeight: height, outWidth: width, padInfo } = part.info;
  const { inHeight, inWidth, inChannels: cin, outChannels: cout } = part.info;
  const { top, left } = padInfo;
  const tilesY = Math.ceil(height / m), tilesX = Math.ceil(width / m);
  const from = { inHeight, inWidth, top, left };
  const tiles = { m, ...from, cin, cout, tilesY, tilesX, height, width };
  const info = {
    ...part.info,
    padInfo: { ...padInfo, top: 0, bottom: 0, left: 0, right: 0 },
  };
  return { ...part, info, tiles };
}

type TiledPart = ReturnType<typeof tiled>;

/** Bytes of one position's numbers: 64 more, to spread over cache sets. */
const planeBytes = (rows: number, columns: number) => rows * columns * 4 + 64;

/** Tiles that are transformed at once, and the scratch that they take. */
function chunkOf({ inChannels, outChannels }: Convolution, m: number) {
  const positions = (m + 2) ** 2;
  const tileBytes = positions * 4 * (inChannels + outChannels);
  const most = Math.floor(WORK_BYTES / tileBytes / 4) * 4;
  const chunk = Math.max(LEAST_TILES, most);
  const workBytes = TEMP_BYTES + chunk * tileBytes + positions * 2 * 64;
  return { chunk, workBytes };
}

/** A task for each `step` of the numbers 0 to `count` - 1. */
function divided(
  engine: Engine,
  count: number,
  step: number,
  call: (range: { first: number; last: number }) => Task[number],
): void {
  const tasks: Task[] = [];
  for (let first = 0; first < count; first += step) {
    tasks.push([call({ first, last: Math.min(count, first + step) })]);
  }
  engine.parallel(tasks);
}

/** y = x * kernel, with bias and activation. */
export function winogradForward(engine: Engine, job: Job): Info {
  const { info, x, kernel, bias, activation: act } = job;
  const { inChannels: cin, outChannels: cout } = info;
  const m = tileSize(info), positions = (m + 2) ** 2;
  const { chunk, workBytes } = chunkOf(info, m);
  const out = engine.output(info.outShape), to = engine.address(out);
  const [panels] = engine.scratch(positions * planeBytes(cin, eights(cout)));
  const [temp] = engine.own(TEMP_BYTES);
  const columns = eights(cout / taskCount(positions * 4 * cin * cout));
  divided(
    engine,
    cout,
    columns,
    (range) =>
      wasm.winogradFilter({ m, ...kernel, cin, cout, ...range, panels, temp }),
  );
  const tiles = info.batchSize * Math.ceil(info.outHeight / m) *
    Math.ceil(info.outWidth / m);
  const most = Math.max(1, Math.floor(tiles / LEAST_TILES));
  const count = Math.min(most, taskCount(productsOf(info)));
  const parts = partsOf(info, count, m).map((part) => tiled(part, m));
  engine.parallel(
    partTasks(engine, { parts, x, own: workBytes }, ({ tiles }, some) => [
      wasm.winogradForward({
        ...tiles,
        x: some.from,
        images: some.images,
        panels,
        out: to + some.y,
        bias,
        act,
        work: wasm.OWN,
        chunk,
      }),
    ]),
  );
  return out;
}

/** The gradient of the kernel. */
export function winogradGradient(
  engine: Engine,
  x: Info,
  dy: Info,
  info: Convolution,
): Info {
  const { inChannels: cin, outChannels: cout } = info;
  const m = tileSize(info), positions = (m + 2) ** 2;
  const out = engine.output(info.filterShape), to = engine.address(out);
  const sumBytes = positions * planeBytes(cin, eights(cout));
  const parts = sumGroups(info).map((part) => tiled(part, m));
  const { tilesY, tilesX } = parts[0].tiles;
  const tiles = info.batchSize * tilesY * tilesX;
  const planes = positions * (planeBytes(tiles, cin) + planeBytes(tiles, cout));
  const from = engine.address(x), given = engine.address(dy);
  const sums = parts.length * sumBytes > planes
    ? byPosition(engine, from, given, parts, tiles)
    : byImages(engine, from, given, parts);
  const [temp] = engine.own(TEMP_BYTES);
  const rows = Math.ceil(cin / taskCount(positions * 4 * cin * cout));
  divided(
    engine,
    cin,
    rows,
    (range) =>
      wasm.winogradSums({ m, sums, cin, cout, out: to, ...range, temp }),
  );
  return out;
}

/** The sums of each part of the images, then together; where they lie. */
function byImages(
  engine: Engine,
  x: number,
  dy: number,
  parts: readonly TiledPart[],
): number {
  const { info, tiles: { m, cin, cout } } = parts[0];
  const { chunk, workBytes } = chunkOf(info, m);
  const bytes = (m + 2) ** 2 * planeBytes(cin, eights(cout));
  const job = { parts, x, own: workBytes, bytes };
  return sumOfParts(engine, job, ({ tiles }, { images, from, y }, sums) => {
    const operands = { x: from, images, dy: dy + y, sums };
    return wasm.winogradGradient({
      ...tiles,
      ...operands,
      work: wasm.OWN,
      chunk,
    });
  });
}

/** All tiles first, then position by position: where sums are larger than tiles. */
function byPosition(
  engine: Engine,
  x: number,
  dy: number,
  parts: readonly TiledPart[],
  count: number,
): number {
  const { m, cin, cout, tilesY, tilesX, height, width } = parts[0].tiles;
  const positions = (m + 2) ** 2, sumBytes = planeBytes(cin, eights(cout));
  const plane = planeBytes(count, cin), dyPlane = planeBytes(count, cout);
  const [sums, inputs, gradients] = engine.scratch(
    positions * sumBytes,
    positions * plane,
    positions * dyPlane,
  );
  const perImage = tilesY * tilesX, image = height * width * cout * 4;
  engine.parallel(
    partTasks(engine, { parts, x, own: TEMP_BYTES }, ({ tiles }, some) => {
      const { images, from, y } = some, tile = y / image * perImage;
      return [wasm.winogradTiles({
        ...tiles,
        x: from,
        dy: dy + y,
        first: 0,
        count: images * perImage,
        inputs: inputs + tile * cin * 4,
        plane,
        given: gradients + tile * cout * 4,
        dyPlane,
        temp: wasm.OWN,
      })];
    }),
  );
  engine.parallel(Array.from({ length: positions }, (_, position) => {
    const to = sums + position * sumBytes;
    return [
      wasm.clear({ out: to, bytes: sumBytes }),
      wasm.outer({
        ...asWindows(count, cin),
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
