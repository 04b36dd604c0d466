/**
 * Batch normalisation: in one kernel for training, one for its gradient, one
 * for use.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  allFloat,
  type Attributes,
  differentiating,
  type Info,
  onWasm,
  sizeOf,
  type Tensor,
  wrapGradient,
} from "../stock.ts";
import * as wasm from "./calls.ts";
import { repeats } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { type Inputs, register } from "./register.ts";
import type { Call } from "./threads.ts";

/**
 * Ours: (x, gamma, beta) to (y, mean, variance). With a momentum it moves the moving
 * averages, too, where they lie.
 */
export const TRAINING = "BatchNormTraining";
const GRADIENT = "BatchNormTrainingGradient";

/** A number for each channel. */
const row = (length: number, value: (c: number) => number) =>
  Float32Array.from({ length }, (_, c) => value(c));

/** The numbers of tensors with one for each channel; until memory grows. */
const views = (engine: Engine, ...tensors: Info[]) =>
  tensors.map((x) => ({ at: engine.address(x), size: sizeOf(x.shape) }))
    .map(({ at, size }) => engine.view(at, size));

/** Where rows of numbers, one for each channel, lie repeated in scratch. */
function repeated(
  engine: Engine,
  columns: number,
  rows: readonly (() => Float32Array)[],
): number[] {
  const times = repeats(columns), bytes = columns * 4;
  const places = engine.scratch(...rows.map(() => times * bytes));
  rows.forEach((row, i) => {
    const to = places[i];
    engine.also(() => {
      const numbers = row(); // before the view: memory may grow
      engine.view(to, columns).set(numbers);
    });
    engine.run(
      wasm.repeat({ row: to, columns, times: times - 1, out: to + bytes }),
    );
  });
  return places;
}

/** x * scale + shift, with a number of both for each channel. */
function scaled(
  engine: Engine,
  x: Info,
  columns: number,
  scale: () => Float32Array,
  shift: () => Float32Array,
): Info {
  const times = repeats(columns), pixel = columns * 4;
  const out = engine.output(x.shape);
  const [factor, term] = repeated(engine, columns, [scale, shift]);
  const from = engine.address(x), to = engine.address(out);
  engine.parallel(
    ranges(sizeOf(x.shape) / columns, columns).map(([first, rows]) => {
      const at = first * pixel, same = { factor, term, times, rows, columns };
      return [wasm.scaleRow({ ...same, x: from + at, out: to + at })];
    }),
  );
  return out;
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

function train(
  engine: Engine,
  { x, gamma, beta, movingMean, movingVariance }: Inputs,
  { epsilon, momentum }: Attributes,
): Info[] {
  const columns = gamma.shape[0], rows = sizeOf(x.shape) / columns;
  const mean = engine.output([columns]), variance = engine.output([columns]);
  const parts = ranges(rows, columns), pixel = columns * 4;
  const [mean4, sums] = engine.scratch(4 * pixel, parts.length * pixel);
  const [scratch] = engine.own(4 * pixel);
  const from = engine.address(x);
  type Rows = { x: number; rows: number; columns: number };
  const average = (out: Info, sum: (rows: Rows, to: number) => Call) => {
    engine.parallel(parts.map(([first, rows], part) => [
      sum({ x: from + first * pixel, rows, columns }, sums + part * pixel),
    ]));
    engine.also(() => {
      const total = together(engine, sums, parts.length, columns);
      views(engine, out)[0].set(total.map((v) => v / rows));
    });
  };
  average(
    mean,
    (part, out) =>
      wasm.sumRows({ ...part, blocks: 1, factor: 1, out, sums: scratch }),
  );
  const means = engine.address(mean);
  engine.run(wasm.repeat({ row: means, columns, times: 4, out: mean4 }));
  average(
    variance,
    (part, sums) => wasm.sumSquares({ ...part, mean4, sums, scratch }),
  );
  let factor: Float32Array;
  const scale = () => {
    const [v, g] = views(engine, variance, gamma);
    return factor = row(columns, (c) => g[c] / Math.sqrt(v[c] + epsilon));
  };
  const shift = () => {
    const [m, b] = views(engine, mean, beta);
    return row(columns, (c) => b[c] - m[c] * factor[c]);
  };
  if (momentum !== undefined) {
    engine.also(() => {
      const means = views(engine, movingMean, mean);
      const variances = views(engine, movingVariance, variance);
      for (const [average, now] of [means, variances]) {
        const share = Math.fround(1 - momentum);
        for (let c = 0; c < columns; c++) {
          average[c] -= Math.fround(Math.fround(average[c] - now[c]) * share);
        }
      }
    });
  }
  return [scaled(engine, x, columns, scale, shift), mean, variance];
}

function differentiate(
  engine: Engine,
  { x, dy, gamma, mean, variance }: Inputs,
  { epsilon }: Attributes,
): Info[] {
  const columns = gamma.shape[0], rows = sizeOf(x.shape) / columns;
  const dx = engine.output(x.shape);
  const dGamma = engine.output([columns]), dBeta = engine.output([columns]);
  const parts = ranges(rows, columns), pixel = columns * 4;
  const [mean4, both] = engine.scratch(4 * pixel, parts.length * pixel * 2);
  const [scratch] = engine.own(8 * pixel);
  const from = engine.address(x), given = engine.address(dy);
  const means = engine.address(mean);
  engine.run(wasm.repeat({ row: means, columns, times: 4, out: mean4 }));
  engine.parallel(parts.map(([first, rows], part) => {
    const at = first * pixel, sums = both + part * pixel * 2;
    const same = { mean4, rows, columns, sums, scratch };
    return [wasm.sumProducts({ ...same, x: from + at, dy: given + at })];
  }));
  const rowsOf = { a: new Float32Array(), b: new Float32Array() };
  let inverse: Float32Array, total: Float64Array;
  const slopes = () => {
    total = together(engine, both, parts.length, 2 * columns);
    const [g, v] = views(engine, gamma, variance);
    inverse = row(columns, (c) => 1 / Math.sqrt(v[c] + epsilon));
    views(engine, dBeta)[0].set(total.subarray(0, columns));
    views(engine, dGamma)[0]
      .set(row(columns, (c) => total[columns + c] * inverse[c]));
    return rowsOf.a = row(columns, (c) => g[c] * inverse[c]);
  };
  const byX = () => {
    const f = rowsOf.a;
    return rowsOf.b = row(
      columns,
      (c) => -f[c] * inverse[c] ** 2 * total[columns + c] / rows,
    );
  };
  const shift = () => {
    const [m] = views(engine, mean), { a, b } = rowsOf;
    return row(columns, (c) => -a[c] * total[c] / rows - b[c] * m[c]);
  };
  const [a, b, c] = repeated(engine, columns, [slopes, byX, shift]);
  const to = engine.address(dx), times = repeats(columns);
  engine.parallel(parts.map(([first, rows]) => {
    const at = first * pixel, same = { a, b, c, times, rows, columns };
    const operands = { x: from + at, dy: given + at, out: to + at };
    return [wasm.normGradient({ ...same, ...operands })];
  }));
  return [dx, dGamma, dBeta];
}

/** Registers the training kernel with its gradient, and FusedBatchNorm. */
export function registerNorm(): void {
  register(TRAINING, train);
  register(GRADIENT, differentiate);
  tf.registerGradient({
    kernelName: TRAINING,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, [x, gamma, mean, variance], attrs) => {
      // One kernel makes all three; mean and variance only feed the moving
      // averages, so no gradient comes back through them. Where the gradient is
      // to be differentiated in turn, tfjs's own operations make them.
      const dy = (dys as Tensor[])[0];
      const inputs = { x, gamma, mean, variance, dy };
      const [dx, dGamma, dBeta] = differentiating()
        ? gradientOf(inputs, attrs.epsilon as number)
        : tf.engine().runKernel(GRADIENT, inputs, attrs) as Tensor[];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
  registerUse();
}

/** dx, dGamma and dBeta of batch normalisation in training. */
function gradientOf(
  { x, dy, gamma }: Record<"x" | "dy" | "gamma", Tensor>,
  epsilon: number,
): Tensor[] {
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
    const given = [mean, variance, offset, scale].filter((t) => t);
    const fits = given.every(({ shape }) => shape.join() === `${columns}`) &&
      x.shape[x.shape.length - 1] === columns && allFloat(x, ...given);
    if (!fits) return undefined;
    let by: Float32Array;
    const factor = () => {
      const [v, s] = views(engine, variance, scale ?? variance);
      return by = row(
        columns,
        (c) => (scale ? s[c] : 1) / Math.sqrt(v[c] + varianceEpsilon),
      );
    };
    const term = () => {
      const [m, o] = views(engine, mean, offset ?? mean);
      return row(columns, (c) => (offset ? o[c] : 0) - m[c] * by[c]);
    };
    return scaled(engine, x, columns, factor, term);
  });

  // tfjs tiles the statistics to the size of x; rows broadcast as well.
  wrapGradient("FusedBatchNorm", (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved, axes = [0, 1, 2];
    if (!onWasm() || mean.rank !== 1 || x.rank !== 4) return undefined;
    const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon));
    const by = scale ? tf.mul(inverse, scale) : inverse;
    const products = () => tf.sum(tf.mul(dy, tf.sub(x, mean)), axes);
    return {
      x: () => tf.mul(dy, by),
      mean: () => tf.neg(tf.mul(tf.sum(dy, axes), by)),
      variance: () =>
        tf.mul(products(), tf.mul(-0.5, tf.mul(by, tf.square(inverse)))),
      scale: () => tf.mul(products(), inverse),
      offset: () => tf.sum(dy, axes),
    };
  });
}
