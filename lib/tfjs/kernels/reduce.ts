/**
 * Sums and means over neighbouring axes before the last: what bias gradients,
 * batch statistics and global pooling need.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import type { Engine } from "./engine.ts";
import { allFloat, type Attributes, register } from "./register.ts";

type Info = tensorflow.TensorInfo;

/** A shape seen as [blocks, rows, columns], of which the rows are reduced. */
interface Split {
  blocks: number;
  rows: number;
  columns: number;
  axes: number[];
}

/** undefined where the axes are no neighbours or reach the end. */
function split(
  tf: Tf,
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
  const [sums] = engine.scratch(columns * 16);
  engine.run.sumRows(
    ...[engine.address(x), blocks, rows, columns, factor],
    ...[engine.address(out), sums],
  );
  return out;
}

const SPREAD = "SpreadRows"; // ours: the way back from a mean

/** Registers Sum, Mean and the gradient of Mean. */
export function registerReduce(tf: Tf): void {
  const add = (
    name: string,
    factorOf: (rows: number) => number,
  ) =>
    register(tf, name, (engine, { x }, { axis, keepDims }: Attributes) => {
      const parts = allFloat(x) ? split(tf, x.shape, axis) : undefined;
      return parts &&
        reduce(engine, x, parts, keepDims, factorOf(parts.rows));
    });
  add("Sum", () => 1);
  add("Mean", (rows) => 1 / rows);

  register(tf, SPREAD, (engine, { dy }, { shape, axis }) => {
    const { blocks, rows, columns } = split(tf, shape, axis)!;
    const out = engine.output(shape);
    engine.run.spreadRows(
      ...[engine.address(dy), blocks, rows, columns, 1 / rows],
      engine.address(out),
    );
    return out;
  });
  tf.registerGradient({
    kernelName: SPREAD,
    gradFunc: (dy, _saved, attrs) => ({
      dy: () => tf.mean(dy as tensorflow.Tensor, attrs.axis as number[]),
    }),
  });
  const stock = tf.getGradient("Mean");
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved, axis = attrs.axis as number[];
      if (
        tf.getBackend() !== "wasm" || !allFloat(x) ||
        split(tf, x.shape, axis) === undefined
      ) return stock.gradFunc(dy, saved, attrs);
      const inputs = { dy: dy as tensorflow.Tensor };
      return {
        x: () =>
          tf.engine().runKernel(SPREAD, inputs, {
            shape: x.shape,
            axis,
          }) as tensorflow.Tensor,
      };
    },
  });
}
