/**
 * Looking rows up and adding them back by segment: what embeddings need to train.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { allFloat, register, sizeOf } from "./register.ts";

/** Registers GatherV2, of whole rows; other axes and batches are left to tfjs. */
export function registerGather(): void {
  register("GatherV2", (engine, { x, indices }, { axis, batchDims }) => {
    const [along] = tf.util.parseAxisParam(axis, x.shape);
    const fits = allFloat(x) && indices.dtype === "int32" && along === 0 &&
      (batchDims ?? 0) === 0;
    if (!fits) return undefined;
    const count = sizeOf(indices.shape), [rows, ...rest] = x.shape;
    const at = engine.address(indices);
    const ids = new Int32Array(engine.backend.wasm.HEAPU8.buffer, at, count);
    const wrong = ids.find((id) => id < 0 || id >= rows);
    if (wrong !== undefined) { // as tfjs says it
      throw new Error(
        `GatherV2: the index value ${wrong} is not in [0, ${rows - 1}]`,
      );
    }
    const columns = sizeOf(rest);
    const out = engine.output([...indices.shape, ...rest]);
    const from = engine.address(x), to = engine.address(out);
    engine.parallel(
      ranges(count, columns).map(([first, count]) => [
        wasm.gatherRows({
          x: from,
          ids: at + first * 4,
          count,
          columns,
          out: to + first * columns * 4,
        }),
      ]),
    );
    return out;
  });
}

/** Registers UnsortedSegmentSum. */
export function registerSegmentSum(): void {
  register("UnsortedSegmentSum", (engine, inputs, { numSegments }) => {
    const { x, segmentIds } = inputs;
    if (!allFloat(x) || segmentIds.dtype !== "int32") return undefined;
    const idAxes = segmentIds.shape.length;
    const rows = sizeOf(segmentIds.shape);
    const rest = x.shape.slice(idAxes);
    const columns = sizeOf(rest);
    const out = engine.output([numSegments, ...rest]);
    const to = engine.address(out);
    engine.run(wasm.clear({ out: to, bytes: numSegments * columns * 4 }));
    engine.run(wasm.segmentSum({
      x: engine.address(x),
      ids: engine.address(segmentIds),
      rows,
      columns,
      segments: numSegments,
      out: to,
    }));
    return out;
  });
}
