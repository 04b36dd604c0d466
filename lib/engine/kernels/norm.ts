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
  runKernel,
  sizeOf,
  type Tensor,
  wrapGradient,
} from "../stock.ts";
import * as wasm from "./calls.ts";
import { RELU_GRADIENT, repeats } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { type Inputs, register } from "./register.ts";
import type { Call } from "./threads.ts";

/**
 * Ours: (x, gamma, beta) to (y, mean, variance). With a momentum it moves the moving
 * averages, too, where they lie. The second applies ReLU at once, the third adds a
 * shortcut before it.
 */
export const TRAINING = "BatchNormTraining";
export const TRAINING_RELU = "BatchNormReluTraining";
export const TRAINING_SUM = "BatchNormSumReluTraining";
const GRADIENT = "BatchNormTrainingGradient";

/** Ours: a convolution's (filter, bias) with the batch normalisation behind it. */
export const FOLD = "FoldBatchNorm";

/** Rows with a number for each channel are repeated in scratch, at least four times. */
const rowBytes = (columns: number) =>
  Math.max(4, repeats(columns)) * columns * 4;

/** Calls that repeat such rows behind themselves. */
const repeated = (columns: number, ...rows: number[]): Call[] =>
  rows.map((row) => {
    const times = Math.max(4, repeats(columns)) - 1;
    return wasm.repeat({ row, columns, times, out: row + columns * 4 });
  });

/** What becomes of x * factor + term, with rows of both that repeat. */
interface Scaling {
  factor: number;
  term: number;
  /** Is ReLU applied? */
  relu?: boolean;
  /** What is added before it. */
  shortcut?: Info;
}

function scaled(
  engine: Engine,
  x: Info,
  columns: number,
  { factor, term, relu, shortcut }: Scaling,
): Info {
  const out = engine.output(x.shape), pixel = columns * 4;
  const from = engine.address(x), to = engine.address(out);
  const added = shortcut && engine.address(shortcut);
  const same = { factor, term, times: repeats(columns), relu: Number(!!relu) };
  engine.parallel(
    ranges(sizeOf(x.shape) / columns, columns).map(([first, rows]) => {
      const at = first * pixel, add = added === undefined ? 0 : added + at;
      const place = { x: from + at, add, out: to + at, rows, columns };
      return [wasm.scaleRow({ ...same, ...place })];
    }),
  );
  return out;
}

function train(
  engine: Engine,
  { x, gamma, beta, shortcut, movingMean, movingVariance }: Inputs,
  { epsilon, momentum }: Attributes,
  relu = false,
): Info[] {
  const columns = gamma.shape[0], rows = sizeOf(x.shape) / columns;
  const outputs = [engine.output([columns]), engine.output([columns])];
  const [mean, variance] = outputs.map((out) => engine.address(out));
  const list = ranges(rows, columns), parts = list.length, pixel = columns * 4;
  const row = rowBytes(columns);
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
  const scaling = { factor, term, relu, shortcut };
  return [scaled(engine, x, columns, scaling), ...outputs];
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
  const row = rowBytes(columns);
  const [mean4, both, a, b, c, ...scaling] = engine.scratch(
    ...[4 * pixel, parts * pixel * 2, row, row, row, row, row],
  );
  const [scratch] = engine.own(8 * pixel);
  const beta = inputs.beta && engine.address(inputs.beta); // where ReLU follows
  const [factor, term] = beta === undefined ? [0, 0] : scaling;
  const given = { mean, variance, gamma, epsilon, columns };
  engine.parallel([[
    wasm.repeat({ row: mean, columns, times: 4, out: mean4 }),
    ...(beta === undefined ? [] : [
      wasm.normScale({ ...given, beta, factor, term }),
      ...repeated(columns, factor, term),
    ]),
  ]]);
  engine.parallel(list.map(([first, rows], part) => {
    const at = first * pixel, sums = both + part * pixel * 2;
    const same = { mean4, factor, term, rows, columns, sums, scratch };
    return [wasm.sumProducts({ ...same, x: x + at, dy: dy + at })];
  }));
  const slopes = { dGamma, dBeta, a, b, c };
  engine.parallel([[
    wasm.normSlopes({ ...given, ...slopes, sums: both, parts, rows }),
    ...repeated(columns, a, b, c),
  ]]);
  engine.parallel(list.map(([first, rows]) => {
    const at = first * pixel, times = repeats(columns);
    const same = { a, b, c, factor, term, times, rows, columns };
    const operands = { x: x + at, dy: dy + at, out: dx + at };
    return [wasm.normGradient({ ...same, ...operands })];
  }));
  return outputs;
}

/** Registers the training kernels with their gradients, FusedBatchNorm, and FOLD. */
export function registerNorm(): void {
  register(TRAINING, train);
  for (const name of [TRAINING_RELU, TRAINING_SUM]) {
    register(
      name,
      (engine, inputs, attrs) => train(engine, inputs, attrs, true),
    );
  }
  register(GRADIENT, differentiate);
  // One kernel makes all three; mean and variance only feed the moving averages, so
  // no gradient comes back through them. Where the gradient is to be differentiated
  // in turn, tfjs's own operations make them.
  const gradients = (
    { beta, ...inputs }:
      & Record<"x" | "dy" | "gamma" | "mean" | "variance", Tensor>
      & { beta?: Tensor },
    attrs: Attributes,
  ) => {
    const [dx, dGamma, dBeta] = differentiating()
      ? gradientOf(inputs, attrs.epsilon as number)
      : tf.engine().runKernel(
        GRADIENT,
        beta ? { ...inputs, beta } : inputs,
        attrs,
      ) as Tensor[];
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  };
  tf.registerGradient({
    kernelName: TRAINING,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, [x, gamma, mean, variance], attrs) => {
      const [dy] = dys as Tensor[];
      return gradients({ x, gamma, mean, variance, dy }, attrs);
    },
  });
  tf.registerGradient({
    kernelName: TRAINING_RELU,
    inputsToSave: ["x", "gamma", "beta"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, [x, gamma, beta, mean, variance], attrs) => {
      const inputs = { x, gamma, mean, variance }, [dy] = dys as Tensor[];
      if (!differentiating()) return gradients({ ...inputs, dy, beta }, attrs);
      const deviation = tf.sqrt(tf.add(variance, attrs.epsilon as number));
      const normal = tf.div(tf.sub(x, mean), deviation);
      const y = tf.add(tf.mul(gamma, normal), beta);
      const through = runKernel(RELU_GRADIENT, { x: y, dy });
      return gradients({ ...inputs, dy: through }, attrs);
    },
  });
  tf.registerGradient({
    kernelName: TRAINING_SUM,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [true, true, true],
    gradFunc: (dys, [x, gamma, y, mean, variance], attrs) => {
      const [given] = dys as Tensor[];
      const dy = runKernel(RELU_GRADIENT, { x: y, dy: given });
      const found = gradients({ x, gamma, mean, variance, dy }, attrs);
      return { ...found, shortcut: () => dy };
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

/** The call that makes what normalises by given moments. */
function scaling(
  engine: Engine,
  { mean, variance, offset, scale }: Inputs,
  epsilon: number,
  to: { factor: number; term: number },
): Call {
  const at = (x?: Info) => x ? engine.address(x) : 0;
  return wasm.normScale({
    mean: at(mean),
    variance: at(variance),
    gamma: at(scale),
    beta: at(offset),
    columns: sizeOf(mean.shape),
    epsilon,
    ...to,
  });
}

function registerUse(): void {
  register("FusedBatchNorm", (engine, inputs, { varianceEpsilon }) => {
    const { x, mean, variance, offset, scale } = inputs;
    const columns = mean.shape[0];
    const given = [mean, variance, offset, scale].filter((t) => t);
    const fits = given.every(({ shape }) => shape.join() === `${columns}`) &&
      x.shape[x.shape.length - 1] === columns && allFloat(x, ...given);
    if (!fits) return undefined;
    const row = rowBytes(columns);
    const [factor, term] = engine.scratch(row, row);
    engine.parallel([[
      scaling(engine, inputs, varianceEpsilon, { factor, term }),
      ...repeated(columns, factor, term),
    ]]);
    return scaled(engine, x, columns, { factor, term });
  });

  register(FOLD, (engine, inputs, { epsilon }) => {
    const { filter, bias, mean } = inputs, columns = sizeOf(mean.shape);
    const outputs = [engine.output(filter.shape), engine.output([columns])];
    const [out, shift] = outputs.map((x) => engine.address(x));
    const times = repeats(columns), rows = sizeOf(filter.shape) / columns;
    const row = rowBytes(columns);
    const [factor, term] = engine.scratch(row, row);
    const to = { factor, term: bias ? term : shift };
    engine.parallel([[
      scaling(engine, inputs, epsilon, to),
      ...repeated(columns, factor),
      wasm.combineRow({
        op: 2, // times
        a: engine.address(filter),
        block: factor,
        ...{ times, out, rows, columns },
      }),
      ...(bias
        ? [wasm.scaleRow({
          x: engine.address(bias),
          ...{ factor, term, times: 1, add: 0, relu: 0 },
          ...{ out: shift, rows: 1, columns },
        })]
        : []),
    ]]);
    return outputs;
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
