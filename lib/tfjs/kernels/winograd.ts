/**
 * 3x3 convolutions of stride 1 by Winograd's way: fewer products.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import {
  eights,
  forEachGroup,
  geometry,
  groupSize,
  type Info,
  type KernelPlace,
} from "./geometry.ts";

/** Transformed tiles of about this many bytes are handled at once. */
const WORK_BYTES = 3 << 16;

/** Is it a 3x3 convolution of stride 1 with whole vectors of channels? */
export function suitsWinograd(info: Info): boolean {
  return info.filterHeight === 3 && info.filterWidth === 3 &&
    info.strideHeight === 1 && info.strideWidth === 1 &&
    info.dilationHeight === 1 && info.dilationWidth === 1 &&
    info.inChannels % 4 === 0 && info.outChannels % 4 === 0 &&
    info.inChannels >= 8 && info.outChannels >= 8 &&
    info.outHeight > 1 && info.outWidth > 1;
}

/** Tiles, the room they need, and images padded to whole tiles. */
function plan(info: Info) {
  const tilesY = Math.ceil(info.outHeight / 2);
  const tilesX = Math.ceil(info.outWidth / 2);
  const { top, left } = info.padInfo;
  const padded: Info = {
    ...info,
    padInfo: {
      ...info.padInfo,
      bottom: 2 * tilesY + 2 - info.inHeight - top,
      right: 2 * tilesX + 2 - info.inWidth - left,
    },
  };
  const g = geometry(padded);
  // 16 positions and a gap of 64 bytes, for input and output
  const tileBytes = 64 * (info.inChannels + info.outChannels + 2);
  const chunk = Math.min(
    Math.max(6, Math.floor(WORK_BYTES / tileBytes / 6) * 6),
    Math.ceil(info.batchSize * tilesY * tilesX / 6) * 6,
  );
  return {
    ...{ tilesY, tilesX, padded, g, chunk },
    workBytes: chunk * tileBytes,
    roomBytes: g.padded ? groupSize(padded, g) * g.image : 0,
  };
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
  const { inChannels: cin, outChannels: cout, outHeight, outWidth } = info;
  const { tilesY, tilesX, padded, g, chunk, ...bytes } = plan(info);
  const out = engine.output(info.outShape), to = engine.address(out);
  const [panels, work, room] = engine.scratch(
    ...[64 * cin * eights(cout), bytes.workBytes, bytes.roomBytes],
  );
  engine.run.winogradFilter(
    ...[kernel.address, kernel.tapStep, kernel.inStep, kernel.outStep],
    ...[cin, cout, panels],
  );
  const image = outHeight * outWidth * cout * 4;
  forEachGroup(engine, padded, g, x, room, (images, from, first) => {
    engine.run.winogradForward(
      ...[from, images, g.row, cin, tilesY, tilesX, panels, cout],
      ...[to + first * image, outHeight, outWidth, bias, activation],
      ...[work, chunk],
    );
  });
  return out;
}

/** The gradient of the kernel. */
export function winogradGradient(
  engine: Engine,
  x: tensorflow.TensorInfo,
  dy: tensorflow.TensorInfo,
  info: Info,
): tensorflow.TensorInfo {
  const { inChannels: cin, outChannels: cout, outHeight, outWidth } = info;
  const { tilesY, tilesX, padded, g, chunk, ...bytes } = plan(info);
  const out = engine.output(info.filterShape);
  const taps = Math.ceil(cin / 6) * 6, sumBytes = 64 * taps * eights(cout);
  const [offsets, sums, work, room] = engine.scratch(
    ...[taps * 4, sumBytes, bytes.workBytes, bytes.roomBytes],
  );
  engine.run.tapOffsets(1, 0, 1, 0, cin, offsets);
  engine.run.clear(sums, sumBytes);
  const given = engine.address(dy), image = outHeight * outWidth * cout * 4;
  forEachGroup(
    ...[engine, padded, g, engine.address(x), room] as const,
    (images, from, first) => {
      engine.run.winogradGradient(
        ...[from, images, g.row, cin, tilesY, tilesX],
        ...[given + first * image, cout, outHeight, outWidth],
        ...[sums, work, chunk, offsets],
      );
    },
  );
  engine.run.winogradSums(sums, cin, cout, engine.address(out));
  return out;
}
