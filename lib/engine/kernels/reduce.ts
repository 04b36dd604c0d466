/**
 * Sums and means over neighbouring axes before the last: what bias gradients,
 * batch statistics and global pooling need.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { allFloat, type Attributes, register } from "./register.ts";

type Info = tf.TensorInfo;

/** A shape seen as [blocks, rows, columns], of which the rows are reduced. */
interface Split {
  blocks: number;
  rows: number;
  columns: number;
  axes: number[];
}

/** undefined where the axes are no neighbours or reach the end. */
function split(
  shape: readonly number[],
  axis: number | number[],
): Split | undefined {
  const axes = tf.util.parseAxisParam(axis, [...shape]).sort((a, b) => a - b);
  if (axes.length === 0 || axes.some((one, i) => one !== axes[0] + i)) {
    return undefined;
  }
  const [first, end] = [axes[0], axes[0] + axes.length];
  const size = (from: number, to?: number) =>
    tf.util.sizeFromShape(shape.slice(from, to));
  const columns = size(end);
  return columns === 1
    ? undefined
    : { blocks: size(0, first), rows: size(first, end), columns, axes };
}

function reduce(
  engine: Engine,
  x: Info,
  { blocks, rows, columns, axes }: Split,
  keepDims: boolean,
  factor: number,
): Info {
  const shape = x.shape.flatMap((length, axis) =>
    axes.includes(axis) ? (keepDims ? [1] : []) : [length]
  );
  const out = engine.output(shape);
  const from = engine.address(x), to = engine.address(out);
  const row = columns * 4;
  // One block: its rows in parts, then these. Several: some blocks a task.
  const parts = blocks === 1
    ? ranges(rows, columns)
    : ranges(blocks, rows * columns);
  const [sums] = engine.scratch(blocks === 1 ? parts.length * row : 0);
  const [work] = engine.own(columns * 16);
  engine.parallel(parts.map(([first, count], part) => {
    const some = blocks === 1
      ? { x: from + first * row, blocks: 1, rows: count }
      : { x: from + first * rows * row, blocks: count, rows };
    const out = blocks === 1 ? sums + part * row : to + first * row;
    return [wasm.sumRows({ ...some, columns, factor, out, sums: work })];
  }));
  if (blocks === 1) {
    engine.run(wasm.addParts({
      from: sums,
      step: row,
      parts: parts.length,
      size: columns,
      out: to,
    }));
  }
  return out;
}

const SPREAD = "SpreadRows"; // ours: the way back from a mean

/** Registers Sum, Mean and the gradient of Mean. */
export function registerReduce(): void {
  const add = (
    name: string,
    factorOf: (rows: number) => number,
  ) =>
    register(name, (engine, { x }, { axis, keepDims }: Attributes) => {
      const parts = allFloat(x) ? split(x.shape, axis) : undefined;
      return parts &&
        reduce(engine, x, parts, keepDims, factorOf(parts.rows));
    });
  add("Sum", () => 1);
  add("Mean", (rows) => 1 / rows);

  register(SPREAD, (engine, { dy }, { shape, axis }) => {
    const { blocks, rows, columns } = split(shape, axis)!;
    const out = engine.output(shape);
    const from = engine.address(dy), to = engine.address(out);
    engine.parallel(
      ranges(blocks, rows * columns).map(([first, blocks]) => [
        wasm.spreadRows({
          x: from + first * columns * 4,
          blocks,
          rows,
          columns,
          factor: 1 / rows,
          out: to + first * rows * columns * 4,
        }),
      ]),
    );
    return out;
  });
  tf.registerGradient({
    kernelName: SPREAD,
    gradFunc: (dy, _saved, attrs) => ({
      dy: () => tf.mean(dy as tf.Tensor, attrs.axis as number[]),
    }),
  });
  const stock = tf.getGradient("Mean");
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved, axis = attrs.axis as number[];
      if (
        tf.getBackend() !== "wasm" || !allFloat(x) || x.size === 0 ||
        split(x.shape, axis) === undefined
      ) return stock.gradFunc(dy, saved, attrs);
      const inputs = { dy: dy as tf.Tensor };
      return {
        x: () =>
          tf.engine().runKernel(SPREAD, inputs, {
            shape: x.shape,
            axis,
          }) as tf.Tensor,
      };
    },
  });
}
