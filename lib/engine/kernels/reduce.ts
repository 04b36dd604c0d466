/**
 * Sums and means over neighbouring axes before the last: what bias gradients,
 * batch statistics and global pooling need.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  allFloat,
  type Info,
  onWasm,
  runKernel,
  sizeOf,
  type Tensor,
  wrapGradient,
} from "../stock.ts";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { register } from "./register.ts";

/**
 * A shape seen as [blocks, rows, columns], of which the rows are reduced;
 * undefined where the axes are no neighbours or reach the end.
 */
function split(shape: readonly number[], axis: number | number[]) {
  const axes = tf.util.parseAxisParam(axis, [...shape]).sort((a, b) => a - b);
  const [first] = axes, end = first + axes.length;
  if (axes.length === 0 || axes.some((one, i) => one !== first + i)) {
    return undefined;
  }
  const rows = sizeOf(shape.slice(first, end));
  const blocks = sizeOf(shape.slice(0, first));
  const columns = sizeOf(shape.slice(end));
  return columns === 1 ? undefined : { blocks, rows, columns, axes };
}

/** The sums of rows times a factor. */
function reduce(
  engine: Engine,
  x: Info,
  { blocks, rows, columns, axes }: NonNullable<ReturnType<typeof split>>,
  keepDims: boolean,
  factor: number,
): Info {
  const shape = x.shape.flatMap((length, axis) =>
    axes.includes(axis) ? (keepDims ? [1] : []) : [length]
  );
  const out = engine.output(shape), row = columns * 4;
  const from = engine.address(x), to = engine.address(out);
  const same = { columns, factor };
  if (blocks > 1) { // some blocks a task
    const [sums] = engine.own(columns * 16);
    engine.parallel(
      ranges(blocks, rows * columns).map(([first, blocks]) => {
        const x = from + first * rows * row, out = to + first * row;
        return [wasm.sumRows({ ...same, x, blocks, rows, out, sums })];
      }),
    );
    return out;
  }
  // Its rows in parts, then these.
  const parts = ranges(rows, columns);
  const [partSums] = engine.scratch(parts.length * row);
  const [sums] = engine.own(columns * 16);
  engine.parallel(parts.map(([first, rows], part) => {
    const x = from + first * row, out = partSums + part * row;
    return [wasm.sumRows({ ...same, x, blocks: 1, rows, out, sums })];
  }));
  const all = { from: partSums, step: row, parts: parts.length };
  engine.run(wasm.addParts({ ...all, size: columns, out: to }));
  return out;
}

const SPREAD = "SpreadRows"; // ours: the way back from a mean

/** Registers Sum, Mean and the gradient of Mean. */
export function registerReduce(): void {
  const factors = { Sum: () => 1, Mean: (rows: number) => 1 / rows };
  for (const [name, factorOf] of Object.entries(factors)) {
    register(name, (engine, { x }, { axis, keepDims }) => {
      const parts = allFloat(x) ? split(x.shape, axis) : undefined;
      return parts && reduce(engine, x, parts, keepDims, factorOf(parts.rows));
    });
  }
  register(SPREAD, (engine, { dy }, { shape, axis }) => {
    const { blocks, rows, columns } = split(shape, axis)!;
    const out = engine.output(shape), factor = 1 / rows;
    const from = engine.address(dy), to = engine.address(out);
    engine.parallel(
      ranges(blocks, rows * columns).map(([first, blocks]) => {
        const x = from + first * columns * 4;
        const out = to + first * rows * columns * 4;
        return [wasm.spreadRows({ x, blocks, rows, columns, factor, out })];
      }),
    );
    return out;
  });
  tf.registerGradient({
    kernelName: SPREAD,
    gradFunc: (dy, _saved, attrs) => ({
      dy: () => tf.mean(dy as Tensor, attrs.axis as number[]),
    }),
  });
  wrapGradient(
    "Mean",
    (dy, [x], { axis }) =>
      onWasm(x) && x.size > 0 && split(x.shape, axis) !== undefined
        ? { x: () => runKernel(SPREAD, { dy }, { shape: x.shape, axis }) }
        : undefined,
  );
}
