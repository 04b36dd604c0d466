/**
 * Matrix products, with either operand transposed.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  allFloat,
  differentiating,
  type Info,
  runKernel,
  sizeOf,
  type Tensor,
} from "../stock.ts";
import { activate, ACTIVATIONS, knows } from "./activate.ts";
import * as wasm from "./calls.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import { asWindows, eights, fours, taskCount } from "./geometry.ts";
import { type Inputs, register } from "./register.ts";
import type { Call, Task } from "./threads.ts";

/** Ours: a product with its bias whose gradients are made when asked for. */
export const BIASED_PRODUCT = "BiasedMatMul";

const TURNED_PRODUCT = "TurnedRowsMatMul";

/** Rows, such as tokens [N, T, d], one below the other. */
const asRows = ({ dataId, shape, dtype }: Info): Info => {
  const columns = shape[shape.length - 1];
  return { dataId, dtype, shape: [sizeOf(shape.slice(0, -1)), columns] };
};

/** Where the matrices of the products of a batch lie, and their sizes. */
interface Products {
  places: { a: number; b: number; out: number }[];
  rows: number; // [rows, inner] * [inner, columns]
  inner: number;
  columns: number;
}

/** a * b, with bias and activation; undefined: a case for tfjs. */
function matMul(
  engine: Engine,
  { a, b, bias }: Inputs,
  { transposeA, transposeB }: { transposeA?: boolean; transposeB?: boolean },
  act = 0,
): Info | undefined {
  if (transposeA && (transposeB || bias || act !== 0)) return undefined;
  const sides = (x: Info, turned?: boolean) =>
    turned ? x.shape.slice(-2).reverse() : x.shape.slice(-2);
  let [rows, inner] = sides(a, transposeA);
  const [depth, columns] = sides(b, transposeB);
  if (inner !== depth) return undefined;
  const aBatch = a.shape.slice(0, -2), bBatch = b.shape.slice(0, -2);
  const batchShape = tf.broadcast_util
    .assertAndGetBroadcastShape(aBatch, bBatch);
  let batches = sizeOf(batchShape);
  const aCount = sizeOf(aBatch), bCount = sizeOf(bBatch);
  // Only whole batches or a single matrix; anything between is rare.
  const whole = [aCount, bCount].every((n) => n === batches || n === 1);
  if (!whole) return undefined;
  const out = engine.output([...batchShape, rows, columns]);
  if (batches * rows * columns === 0) return out;
  if (bCount === 1 && aCount === batches && !transposeA) { // all rows in one
    rows *= batches;
    batches = 1;
  }
  const aAt = engine.address(a), bAt = engine.address(b);
  const to = engine.address(out);
  const places = Array.from({ length: batches }, (_, n) => ({
    a: aAt + (aCount === 1 ? 0 : n * rows * inner * 4),
    b: bAt + (bCount === 1 ? 0 : n * inner * columns * 4),
    out: to + n * rows * columns * 4,
  }));
  const products = { places, rows, inner, columns };
  if (transposeA) {
    turnedProduct(engine, products);
    return out;
  }
  product(engine, products, {
    pack: (kernel, panels) =>
      wasm.packPanels({
        kernel,
        depth: inner,
        columns,
        rowStep: transposeB ? 4 : columns * 4,
        columnStep: transposeB ? inner * 4 : 4,
        panels,
        panelStep: inner * 32,
      }),
    oneB: bCount === 1,
    bias: bias ? engine.address(bias) : 0,
    act,
  });
  return out;
}

/** How many rows (whole fours) a task takes of each product. */
const rowsOfTask = ({ places, rows, inner, columns }: Products) =>
  fours(rows / taskCount(places.length * rows * inner * columns)) *
  Math.min(places.length, Math.ceil(rows / 4));

/** a * b, with bias and activation; `pack` puts b in the order that it is read in. */
function product(
  engine: Engine,
  products: Products,
  { pack, oneB, bias, act }: {
    pack: (kernel: number, panels: number) => Call;
    oneB: boolean;
    bias: number;
    act: number;
  },
): void {
  const { places, rows, inner, columns } = products;
  const panelBytes = inner * eights(columns) * 4;
  const [shared] = engine.scratch(oneB ? panelBytes : 0);
  const [pointers, own] = engine.own(POINTER_BYTES, oneB ? 0 : panelBytes);
  const panels = oneB ? shared : own;
  if (oneB) engine.run(pack(places[0].b, panels));
  const some = oneB ? Math.min(rows, rowsOfTask(products)) : rows;
  engine.parallel(places.flatMap(({ a, b, out }) => {
    const tasks: Task[] = [];
    for (let first = 0; first < rows; first += some) {
      const call = wasm.product({
        ...asWindows(Math.min(some, rows - first), inner),
        input: a + first * inner * 4,
        panels,
        columns,
        out: out + first * columns * 4,
        outImage: 0,
        outY: 0,
        outX: columns * 4,
        bias,
        act,
        pointers,
      });
      tasks.push(oneB ? [call] : [pack(b, panels), call]);
    }
    return tasks;
  }));
}

/** transpose(a) * b; a lies as [inner, rows]. */
function turnedProduct(engine: Engine, products: Products): void {
  const { places, rows, inner, columns } = products;
  const some = Math.min(fours(rows), rowsOfTask(products));
  const bytes = some * eights(columns) * 4;
  const [sums] = engine.own(bytes);
  engine.parallel(places.flatMap(({ a, b, out }) => {
    const tasks: Task[] = [];
    for (let first = 0; first < rows; first += some) {
      const run = Math.min(some, rows - first), to = out + first * columns * 4;
      tasks.push([
        wasm.clear({ out: sums, bytes }),
        wasm.outer({
          ...asWindows(inner, run, rows * 4),
          input: a + first * 4,
          dy: b,
          dyImage: 0,
          dyY: 0,
          dyX: columns * 4,
          columns,
          sums,
        }),
        wasm.unpadSums({ sums, runs: 1, run, columns, out: to }),
      ]);
    }
    return tasks;
  }));
}

/** Registers BatchMatMul and _FusedMatMul. */
export function registerMatMul(): void {
  register(
    "BatchMatMul",
    (engine, { a, b }, attrs) =>
      allFloat(a, b) ? matMul(engine, { a, b }, attrs) : undefined,
  );
  register("_FusedMatMul", (engine, inputs, attrs) => {
    const { a, b, bias, preluActivationWeights } = inputs;
    const { transposeB, activation = "linear" } = attrs;
    const own = ACTIVATIONS[activation];
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    const fits = bias === undefined || (sizeOf(bias.shape) === columns &&
      bias.shape[bias.shape.length - 1] === columns);
    if (!fits || !knows(activation) || !allFloat(a, b, bias)) return undefined;
    const y = matMul(engine, inputs, attrs, own);
    // tfjs's own kernel is wrong for a transposed operand with a sigmoid, so
    // the others, too, are ours: a product, then the function.
    return y === undefined || own !== undefined
      ? y
      : activate(y, { preluActivationWeights }, attrs);
  });
  register(BIASED_PRODUCT, matMul);
  register(
    TURNED_PRODUCT,
    (engine, { a, b }) =>
      matMul(engine, { a: asRows(a), b: asRows(b) }, { transposeA: true }),
  );
  const rowsOf = (x: Tensor) => tf.reshape(x, asRows(x).shape);
  tf.registerGradient({
    kernelName: BIASED_PRODUCT,
    inputsToSave: ["a", "b"],
    gradFunc: (given, [a, b]) => {
      const dy = given as Tensor;
      if (differentiating()) {
        return {
          a: () => tf.reshape(tf.matMul(rowsOf(dy), b, false, true), a.shape),
          b: () => tf.matMul(rowsOf(a), rowsOf(dy), true, false),
          bias: () => tf.sum(rowsOf(dy), 0),
        };
      }
      const axis = a.shape.slice(0, -1).map((_, i) => i);
      const across = { transposeA: false, transposeB: true };
      return {
        a: () => runKernel("BatchMatMul", { a: dy, b }, across),
        b: () => runKernel(TURNED_PRODUCT, { a, b: dy }),
        bias: () => runKernel("Sum", { x: dy }, { axis, keepDims: false }),
      };
    },
  });
}
