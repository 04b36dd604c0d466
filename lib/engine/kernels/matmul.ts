/**
 * Matrix products, with either operand transposed.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { activate, knows } from "./activate.ts";
import * as wasm from "./calls.ts";
import { ACTIVATIONS } from "./convolve.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import { asWindows, eights, fours, taskCount } from "./geometry.ts";
import { allFloat, register } from "./register.ts";
import type { Call, Task } from "./threads.ts";

/** Ours: a product with its bias whose gradients are made when asked for. */
export const BIASED_PRODUCT = "BiasedMatMul";

function matMul(
  engine: Engine,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias: tf.TensorInfo | undefined,
  activation: number,
): tf.TensorInfo | undefined {
  if (transposeA && (transposeB || bias !== undefined || activation !== 0)) {
    return undefined;
  }
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const rows = transposeA ? aColumns : aRows;
  const inner = transposeA ? aRows : aColumns;
  const columns = transposeB ? bRows : bColumns;
  if (inner !== (transposeB ? bColumns : bRows)) return undefined;
  const aBatch = a.shape.slice(0, -2), bBatch = b.shape.slice(0, -2);
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(
    aBatch,
    bBatch,
  );
  const batches = tf.util.sizeFromShape(batchShape);
  const aCount = tf.util.sizeFromShape(aBatch);
  const bCount = tf.util.sizeFromShape(bBatch);
  // Only whole batches or a single matrix; anything between is rare.
  if (
    (aCount !== batches && aCount !== 1) || (bCount !== batches && bCount !== 1)
  ) {
    return undefined;
  }
  const out = engine.output([...batchShape, rows, columns]);
  if (batches * rows * columns === 0) return out;
  const biasAt = bias === undefined ? 0 : engine.address(bias);
  const to = engine.address(out);
  const aAt = (n: number) =>
    engine.address(a) + (aCount === 1 ? 0 : n * rows * inner * 4);
  const bAt = (n: number) =>
    engine.address(b) + (bCount === 1 ? 0 : n * inner * columns * 4);
  const places = Array.from({ length: batches }, (_, n) => ({
    a: aAt(n),
    b: bAt(n),
    out: to + n * rows * columns * 4,
  }));
  const size = { rows, inner, columns };
  if (transposeA) turnedProduct(engine, places, size);
  else {
    const pack = (kernel: number, panels: number) =>
      wasm.packPanels({
        kernel,
        depth: inner,
        columns,
        rowStep: transposeB ? 4 : columns * 4,
        columnStep: transposeB ? inner * 4 : 4,
        panels,
        panelStep: inner * 32,
      });
    product(engine, places, size, pack, bCount === 1, biasAt, activation);
  }
  return out;
}

/** Where the matrices of one product of a batch lie. */
interface Place {
  a: number;
  b: number;
  out: number;
}

/** [rows, inner] * [inner, columns] */
interface Size {
  rows: number;
  inner: number;
  columns: number;
}

/** How many rows (whole fours) a task takes of each product. */
const rowsOfTask = (places: readonly Place[], { rows, inner, columns }: Size) =>
  fours(rows / taskCount(places.length * rows * inner * columns)) *
  Math.min(places.length, Math.ceil(rows / 4));

/** a * b, with bias and activation; `pack` puts b in the order that it is read in. */
function product(
  engine: Engine,
  places: readonly Place[],
  size: Size,
  pack: (kernel: number, panels: number) => Call,
  oneB: boolean,
  bias: number,
  activation: number,
): void {
  const { rows, inner, columns } = size;
  const panelBytes = inner * eights(columns) * 4;
  const [shared] = engine.scratch(oneB ? panelBytes : 0);
  const [pointers, own] = engine.own(POINTER_BYTES, oneB ? 0 : panelBytes);
  const panels = oneB ? shared : own;
  if (oneB) engine.parallel([[pack(places[0].b, panels)]]);
  const some = oneB ? Math.min(rows, rowsOfTask(places, size)) : rows;
  engine.parallel(places.flatMap(({ a, b, out }) => {
    const tasks: Task[] = [];
    for (let first = 0; first < rows; first += some) {
      const count = Math.min(some, rows - first);
      const task: Task = oneB ? [] : [pack(b, panels)];
      task.push(wasm.product({
        ...asWindows(count, inner),
        input: a + first * inner * 4,
        panels,
        columns,
        out: out + first * columns * 4,
        outImage: 0,
        outY: 0,
        outX: columns * 4,
        bias,
        act: activation,
        pointers,
      }));
      tasks.push(task);
    }
    return tasks;
  }));
}

/** transpose(a) * b; a lies as [inner, rows]. */
function turnedProduct(
  engine: Engine,
  places: readonly Place[],
  size: Size,
): void {
  const { rows, inner, columns } = size;
  const some = Math.min(fours(rows), rowsOfTask(places, size));
  const sumBytes = some * eights(columns) * 4;
  const [sums] = engine.own(sumBytes);
  engine.parallel(places.flatMap(({ a, b, out }) => {
    const tasks: Task[] = [];
    for (let first = 0; first < rows; first += some) {
      const count = Math.min(some, rows - first);
      tasks.push([
        wasm.clear({ out: sums, bytes: sumBytes }),
        wasm.outer({
          ...asWindows(inner, count, rows * 4),
          input: a + first * 4,
          dy: b,
          dyImage: 0,
          dyY: 0,
          dyX: columns * 4,
          columns,
          sums,
        }),
        wasm.unpadSums({
          sums,
          runs: 1,
          run: count,
          columns,
          out: out + first * columns * 4,
        }),
      ]);
    }
    return tasks;
  }));
}

/** Registers BatchMatMul and _FusedMatMul. */
export function registerMatMul(): void {
  register(
    "BatchMatMul",
    (engine, { a, b }, { transposeA, transposeB }) =>
      allFloat(a, b)
        ? matMul(engine, a, b, transposeA, transposeB, undefined, 0)
        : undefined,
  );
  register("_FusedMatMul", (engine, inputs, attrs) => {
    const { a, b, bias, preluActivationWeights } = inputs;
    const { transposeA, transposeB, activation = "linear" } = attrs;
    const own = ACTIVATIONS[activation];
    // tfjs's own kernel is wrong for a transposed operand with a sigmoid, so
    // the others, too, are ours: a product, then the function.
    if (!knows(activation)) return undefined;
    if (!allFloat(a, b, bias)) return undefined;
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    if (
      bias !== undefined &&
      (tf.util.sizeFromShape(bias.shape) !== columns ||
        bias.shape[bias.shape.length - 1] !== columns)
    ) return undefined;
    const y = matMul(
      ...[engine, a, b, transposeA, transposeB, bias, own ?? 0] as const,
    );
    return y === undefined || own !== undefined
      ? y
      : activate(y, { preluActivationWeights }, attrs);
  });
  register(
    BIASED_PRODUCT,
    (engine, { a, b, bias }) => matMul(engine, a, b, false, false, bias, 0),
  );
  tf.registerGradient({
    kernelName: BIASED_PRODUCT,
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b]) => {
      const given = dy as tf.Tensor2D;
      return {
        a: () => tf.matMul(given, b as tf.Tensor2D, false, true),
        b: () => tf.matMul(a as tf.Tensor2D, given, true, false),
        bias: () => tf.sum(given, 0),
      };
    },
  });
}
