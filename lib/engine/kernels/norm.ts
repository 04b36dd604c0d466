/**
 * Batch normalisation: in one kernel for training, one for its gradient, one
 * for use.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { repeats } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import {
  allFloat,
  differentiating,
  type Inputs,
  register,
  sizeOf,
} from "./register.ts";

type Info = tf.TensorInfo;

/** Ours: (x, gamma, beta) to (y, mean, variance). */
export const TRAINING = "BatchNormTraining";
const GRADIENT = "BatchNormTrainingGradient";

/** Repeats rows of numbers (one for each channel) in scratch. */
function repeated(engine: Engine, rows: Float32Array[], scratch: number[]) {
  rows.forEach((row, i) => {
    const times = repeats(row.length);
    engine.view(scratch[i], row.length).set(row);
    engine.run(wasm.repeat({
      row: scratch[i],
      columns: row.length,
      times: times - 1,
      out: scratch[i] + row.length * 4,
    }));
  });
}

/** A number for each channel. */
const row = (length: number, value: (c: number) => number) =>
  Float32Array.from({ length }, (_, c) => value(c));

function train(engine: Engine, { x, gamma, beta }: Inputs, epsilon: number) {
  const columns = gamma.shape[0];
  const rows = sizeOf(x.shape) / columns;
  const out = engine.output(x.shape);
  const mean = engine.output([columns]), variance = engine.output([columns]);
  const block = columns * repeats(columns) * 4, pixel = columns * 4;
  const parts = ranges(rows, columns);
  const [mean4, sums, factor, term] = engine.scratch(
    columns * 16,
    parts.length * pixel,
    block,
    block,
  );
  const [scratch] = engine.own(columns * 16);
  const from = engine.address(x), meanAt = engine.address(mean);
  engine.parallel(parts.map(([first, rows], part) => [
    wasm.sumRows({
      x: from + first * pixel,
      blocks: 1,
      rows,
      columns,
      factor: 1,
      out: sums + part * pixel,
      sums: scratch,
    }),
  ]));
  const m = engine.view(meanAt, columns);
  m.set(together(engine, sums, parts.length, columns).map((v) => v / rows));
  engine.run(wasm.repeat({ row: meanAt, columns, times: 4, out: mean4 }));
  engine.parallel(parts.map(([first, rows], part) => [
    wasm.sumSquares({
      x: from + first * pixel,
      mean4,
      rows,
      columns,
      sums: sums + part * pixel,
      scratch,
    }),
  ]));
  const v = engine.view(engine.address(variance), columns);
  v.set(together(engine, sums, parts.length, columns).map((v) => v / rows));

  const g = engine.view(engine.address(gamma), columns);
  const b = engine.view(engine.address(beta), columns);
  const scale = row(columns, (c) => g[c] / Math.sqrt(v[c] + epsilon));
  const shift = row(columns, (c) => b[c] - m[c] * scale[c]);
  repeated(engine, [scale, shift], [factor, term]);
  scaleRows(engine, x, out, rows, columns, factor, term);
  return [out, mean, variance];
}

/** The sums of all parts, in their order and in double precision. */
function together(
  engine: Engine,
  sums: number,
  parts: number,
  columns: number,
): Float64Array {
  const total = new Float64Array(columns);
  const all = engine.view(sums, parts * columns);
  for (let i = 0; i < all.length; i++) total[i % columns] += all[i];
  return total;
}

/** out = x * factor + term, both repeated. */
function scaleRows(
  engine: Engine,
  x: Info,
  out: Info,
  rows: number,
  columns: number,
  factor: number,
  term: number,
): void {
  const pixel = columns * 4, times = repeats(columns);
  const from = engine.address(x), to = engine.address(out);
  engine.parallel(
    ranges(rows, columns).map(([first, rows]) => [
      wasm.scaleRow({
        x: from + first * pixel,
        factor,
        term,
        times,
        out: to + first * pixel,
        rows,
        columns,
      }),
    ]),
  );
}

function differentiate(
  engine: Engine,
  { x, dy, gamma, mean, variance }: Inputs,
  epsilon: number,
) {
  const columns = gamma.shape[0];
  const rows = sizeOf(x.shape) / columns;
  const dx = engine.output(x.shape);
  const dGamma = engine.output([columns]), dBeta = engine.output([columns]);
  const block = columns * repeats(columns) * 4, pixel = columns * 4;
  const parts = ranges(rows, columns);
  const [mean4, sums, a4, b4, c4] = engine.scratch(
    columns * 16,
    parts.length * pixel * 2,
    block,
    block,
    block,
  );
  const [scratch] = engine.own(columns * 32);
  const from = engine.address(x), given = engine.address(dy);
  const means = engine.address(mean);
  engine.run(wasm.repeat({ row: means, columns, times: 4, out: mean4 }));
  engine.parallel(parts.map(([first, rows], part) => [
    wasm.sumProducts({
      x: from + first * pixel,
      mean4,
      dy: given + first * pixel,
      rows,
      columns,
      sums: sums + part * pixel * 2,
      scratch,
    }),
  ]));

  const view = (tensor: Info) => engine.view(engine.address(tensor), columns);
  const [g, m, v] = [view(gamma), view(mean), view(variance)];
  const both = together(engine, sums, parts.length, 2 * columns);
  const sum = both.subarray(0, columns), product = both.subarray(columns);
  const inverse = row(columns, (c) => 1 / Math.sqrt(v[c] + epsilon));
  view(dBeta).set(sum);
  view(dGamma).set(row(columns, (c) => product[c] * inverse[c]));
  const a = row(columns, (c) => g[c] * inverse[c]);
  const b = row(columns, (c) => -a[c] * inverse[c] ** 2 * product[c] / rows);
  const shift = row(columns, (c) => -a[c] * sum[c] / rows - b[c] * m[c]);
  repeated(engine, [a, b, shift], [a4, b4, c4]);
  const to = engine.address(dx);
  engine.parallel(parts.map(([first, rows]) => [
    wasm.normGradient({
      x: from + first * pixel,
      dy: given + first * pixel,
      a: a4,
      b: b4,
      c: c4,
      times: repeats(columns),
      out: to + first * pixel,
      rows,
      columns,
    }),
  ]));
  return [dx, dGamma, dBeta];
}

/** Registers the training kernel with its gradient, and FusedBatchNorm. */
export function registerNorm(): void {
  register(
    TRAINING,
    (engine, inputs, { epsilon }) => train(engine, inputs, epsilon),
  );
  register(
    GRADIENT,
    (engine, inputs, { epsilon }) => differentiate(engine, inputs, epsilon),
  );
  tf.registerGradient({
    kernelName: TRAINING,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, [x, gamma, mean, variance], attrs) => {
      // One kernel makes all three; mean and variance only feed the moving
      // averages, so no gradient comes back through them. Where the gradient is
      // to be differentiated in turn, tfjs's own operations make them.
      const dy = (dys as tf.Tensor[])[0];
      const [dx, dGamma, dBeta] = differentiating()
        ? gradientOf(x, dy, gamma, attrs.epsilon as number)
        : tf.engine().runKernel(
          GRADIENT,
          { x, gamma, mean, variance, dy },
          attrs,
        ) as tf.Tensor[];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
  registerUse();
}

/** dx, dGamma and dBeta of batch normalisation in training. */
function gradientOf(
  x: tf.Tensor,
  dy: tf.Tensor,
  gamma: tf.Tensor,
  epsilon: number,
): tf.Tensor[] {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const centred = tf.sub(x, tf.mean(x, axes));
  const inverse = tf.rsqrt(
    tf.add(tf.mean(tf.square(centred), axes), epsilon),
  );
  const normal = tf.mul(centred, inverse);
  const through = tf.sub(
    tf.sub(dy, tf.mean(dy, axes)),
    tf.mul(normal, tf.mean(tf.mul(dy, normal), axes)),
  );
  return [
    tf.mul(tf.mul(gamma, inverse), through),
    tf.sum(tf.mul(dy, normal), axes),
    tf.sum(dy, axes),
  ];
}

function registerUse(): void {
  register("FusedBatchNorm", (engine, inputs, { varianceEpsilon }) => {
    const { x, mean, variance, offset, scale } = inputs;
    const columns = mean.shape[0];
    const fits = allFloat(x, mean, variance, offset, scale) &&
      [mean, variance, offset, scale].every((t) =>
        t === undefined || t === null ||
        (t.shape.length === 1 && t.shape[0] === columns)
      ) && x.shape[x.shape.length - 1] === columns;
    if (!fits) return undefined;
    const view = (t: Info) => engine.view(engine.address(t), columns);
    const out = engine.output(x.shape);
    const block = columns * repeats(columns) * 4;
    const [factor, term] = engine.scratch(block, block);
    const [m, v] = [view(mean), view(variance)];
    const s = scale ? view(scale) : row(columns, () => 1);
    const o = offset ? view(offset) : row(columns, () => 0);
    const by = row(columns, (c) => s[c] / Math.sqrt(v[c] + varianceEpsilon));
    repeated(
      engine,
      [by, row(columns, (c) => o[c] - m[c] * by[c])],
      [factor, term],
    );
    const rows = sizeOf(x.shape) / columns;
    scaleRows(engine, x, out, rows, columns, factor, term);
    return out;
  });

  // tfjs tiles the statistics to the size of x; rows broadcast as well.
  const stock = tf.getGradient("FusedBatchNorm");
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const [x, mean, variance, scale] = saved;
      if (tf.getBackend() !== "wasm" || mean.rank !== 1 || x.rank !== 4) {
        return stock.gradFunc(dy, saved, attrs);
      }
      const given = dy as tf.Tensor, axes = [0, 1, 2];
      const inverse = tf.rsqrt(
        tf.add(variance, attrs.varianceEpsilon as number),
      );
      const by = scale ? tf.mul(inverse, scale) : inverse;
      const products = () => tf.sum(tf.mul(given, tf.sub(x, mean)), axes);
      return {
        x: () => tf.mul(given, by),
        mean: () => tf.neg(tf.mul(tf.sum(given, axes), by)),
        variance: () =>
          tf.mul(products(), tf.mul(-0.5, tf.mul(by, tf.square(inverse)))),
        scale: () => tf.mul(products(), inverse),
        offset: () => tf.sum(given, axes),
      };
    },
  });
}
