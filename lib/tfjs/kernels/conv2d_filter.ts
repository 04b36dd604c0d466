/**
 * A convolution's gradient by its kernel.
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
} from "./geometry.ts";
import { suitsWinograd, winogradGradient } from "./winograd.ts";

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
  const taps = Math.ceil(g.depth / 6) * 6;
  const [offsets, sums, room] = engine.scratch(
    taps * 4,
    taps * eights(columns) * 4,
    g.padded ? groupSize(info, g) * g.image : 0,
  );
  const { run } = engine;
  run.tapOffsets(g.count1, g.step1, g.count2, g.step2, g.run, offsets);
  run.clear(sums, taps * eights(columns) * 4);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  const from = engine.address(dy);
  forEachGroup(engine, info, g, engine.address(x), room, (images, at, n) => {
    run.outer(
      ...[at, g.image, g.stepY, g.stepX],
      ...[from + n * outImage, outImage, outY, columns * 4],
      ...[images, info.outHeight, info.outWidth],
      ...[offsets, g.depth, columns, sums],
    );
  });
  run.unpadSums(sums, g.depth, columns, engine.address(out));
  return out;
}
