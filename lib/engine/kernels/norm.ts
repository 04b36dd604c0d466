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

/** x * factor + term, with rows of both that repeat. */
function scaled(
  engine: Engine,
  x: Info,
  columns: number,
  rows: { factor: number; term: number },
): Info {
  const out = engine.output(x.shape), pixel = columns * 4;
  const from = engine.address(x), to = engine.address(out);
  const same = { ...rows, times: repeats(columns), columns };
  engine.parallel(
    ranges(sizeOf(x.shape) / columns, columns).map(([first, rows]) => {
      const at = first * pixel;
      return [wasm.scaleRow({ ...same, x: from + at, out: to + at, rows })];
    }),
  );
  return out;
}

/** Calls that repeat rows of numbers, one for each channel, behind themselves. */
function repeated(columns: number, ...rows: number[]): Call[] {
  const times = repeats(columns) - 1;
  return rows.map((row) =>
    wasm.repeat({ row, columns, times, out: row + columns * 4 })
  );
}

function train(
  engine: Engine,
  { x, gamma, beta, movingMean, movingVariance }: Inputs,
  { epsilon, momentum }: Attributes,
): Info[] {
  const columns = gamma.shape[0], rows = sizeOf(x.shape) / columns;
  const outputs = [engine.output([columns]), engine.output([columns])];
  const [mean, variance] = outputs.map((out) => engine.address(out));
  const list = ranges(rows, columns), parts = list.length, pixel = columns * 4;
  const row = repeats(columns) * pixel;
  const [mean4, sums, factor, term] = engine.scratch(
    ...[4 * pixel, parts * pixel, row, row],
  );
  const [scratch] = engine.own(4 * pixel);
  const from = engine.address(x), all = { sums, parts, rows, columns };
  engine.parallel(list.map(([first, rows], part) => {
    const x = from + first * pixel, out = sums + part * pixel;
    const same = { x, rows, columns, out, sums: scratch };
    return [wasm.sumRows({ ...same, blocks: 1, factor: 1 })];
  }));
  engine.parallel([[
    wasm.meanOfParts({ ...all, out: mean }),
    wasm.repeat({ row: mean, columns, times: 4, out: mean4 }),
  ]]);
  engine.parallel(list.map(([first, rows], part) => {
    const at = { x: from + first * pixel, sums: sums + part * pixel };
    return [wasm.sumSquares({ ...at, mean4, rows, columns, scratch })];
  }));
  const scale = { mean, variance, epsilon, factor, term, columns };
  const [g, b] = [gamma, beta].map((weight) => engine.address(weight));
  const averages = momentum === undefined
    ? []
    : [[movingMean, mean], [movingVariance, variance]] as const;
  engine.parallel([[
    wasm.meanOfParts({ ...all, out: variance }),
    wasm.normScale({ ...scale, gamma: g, beta: b }),
    ...repeated(columns, factor, term),
    ...averages.map(([moving, now]) => {
      const average = engine.address(moving);
      return wasm.follow({ average, now, share: 1 - momentum, columns });
    }),
  ]]);
  return [scaled(engine, x, columns, { factor, term }), ...outputs];
}

function differentiate(
  engine: Engine,
  inputs: Inputs,
  { epsilon }: Attributes,
): Info[] {
  const { shape } = inputs.x, columns = inputs.gamma.shape[0];
  const rows = sizeOf(shape) / columns, pixel = columns * 4;
  const outputs = [shape, [columns], [columns]].map((shape) =>
    engine.output(shape)
  );
  const [dx, dGamma, dBeta] = outputs.map((out) => engine.address(out));
  const [x, dy, gamma, mean, variance] =
    (["x", "dy", "gamma", "mean", "variance"] as const)
      .map((name) => engine.address(inputs[name]));
  const list = ranges(rows, columns), parts = list.length;
  const times = repeats(columns), row = times * pixel;
  const [mean4, both, a, b, c] = engine.scratch(
    ...[4 * pixel, parts * pixel * 2, row, row, row],
  );
  const [scratch] = engine.own(8 * pixel);
  engine.run(wasm.repeat({ row: mean, columns, times: 4, out: mean4 }));
  engine.parallel(list.map(([first, rows], part) => {
    const at = first * pixel, sums = both + part * pixel * 2;
    const same = { mean4, rows, columns, sums, scratch };
    return [wasm.sumProducts({ ...same, x: x + at, dy: dy + at })];
  }));
  const slopes = { dGamma, dBeta, a, b, c, gamma, mean, variance, epsilon };
  engine.parallel([[
    wasm.normSlopes({ ...slopes, sums: both, parts, rows, columns }),
    ...repeated(columns, a, b, c),
  ]]);
  engine.parallel(list.map(([first, rows]) => {
    const at = first * pixel, same = { a, b, c, times, rows, columns };
    const operands = { x: x + at, dy: dy + at, out: dx + at };
    return [wasm.normGradient({ ...same, ...operands })];
  }));
  return outputs;
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
    const row = repeats(columns) * columns * 4;
    const [factor, term] = engine.scratch(row, row);
    const at = (given?: Info) => given ? engine.address(given) : 0;
    engine.parallel([[
      wasm.normScale({
        mean: at(mean),
        variance: at(variance),
        gamma: at(scale),
        beta: at(offset),
        epsilon: varianceEpsilon,
        ...{ factor, term, columns },
      }),
      ...repeated(columns, factor, term),
    ]]);
    return scaled(engine, x, columns, { factor, term });
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
