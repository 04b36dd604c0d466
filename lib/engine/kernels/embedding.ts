/**
 * Looking rows up and adding them back by segment: what embeddings need to train.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { allFloat, sizeOf } from "../stock.ts";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { register } from "./register.ts";

/** Registers GatherV2, of whole rows, and UnsortedSegmentSum. */
export function registerEmbedding(): void {
  register("GatherV2", (engine, { x, indices }, { axis, batchDims }) => {
    const [along] = tf.util.parseAxisParam(axis, x.shape);
    const whole = along === 0 && (batchDims ?? 0) === 0;
    if (!allFloat(x) || indices.dtype !== "int32" || !whole) return undefined;
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
      ranges(count, columns).map(([first, count]) => {
        const ids = at + first * 4, out = to + first * columns * 4;
        return [wasm.gatherRows({ x: from, ids, count, columns, out })];
      }),
    );
    return out;
  });
  register("UnsortedSegmentSum", (engine, inputs, { numSegments }) => {
    const { x, segmentIds } = inputs;
    if (!allFloat(x) || segmentIds.dtype !== "int32") return undefined;
    const rows = sizeOf(segmentIds.shape);
    const rest = x.shape.slice(segmentIds.shape.length);
    const columns = sizeOf(rest), segments = numSegments;
    const out = engine.output([segments, ...rest]), to = engine.address(out);
    const from = engine.address(x), ids = engine.address(segmentIds);
    engine.parallel([[
      wasm.clear({ out: to, bytes: segments * columns * 4 }),
      wasm.segmentSum({ x: from, ids, rows, columns, segments, out: to }),
    ]]);
    return out;
  });
}
