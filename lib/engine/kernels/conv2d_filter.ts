/**
 * A convolution's gradient by its kernel.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import {
  addParts,
  eights,
  fours,
  geometry,
  type Info,
  partTasks,
  sumParts,
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
  const runs = g.count1 * g.count2;
  const sumBytes = runs * fours(g.run) * eights(columns) * 4;
  const parts = sumParts(info);
  const [sums] = engine.scratch(parts.length * sumBytes);
  const outY = info.outWidth * columns * 4, outImage = info.outHeight * outY;
  const given = engine.address(dy);
  const tasks = partTasks(
    ...[engine, parts, engine.address(x), 0] as const,
    (part, images, from, first) => [[
      "outer",
      ...[from, g.image, g.stepY, g.stepX],
      ...[given + parts[part].y + first * outImage, outImage, outY],
      ...[columns * 4, images, info.outHeight, info.outWidth],
      ...[g.count1, g.step1, g.count2, g.step2, g.run, columns],
      sums + part * sumBytes,
    ]],
  );
  tasks.forEach((task, part) =>
    task.unshift(["clear", sums + part * sumBytes, sumBytes])
  );
  engine.parallel(tasks);
  addParts(engine, sums, sumBytes, parts.length);
  engine.run.unpadSums(sums, runs, g.run, columns, engine.address(out));
  return out;
}
