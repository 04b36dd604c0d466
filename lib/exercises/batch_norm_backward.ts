import { batchNormBackward } from "../layers/mod.ts";
import { allocate, type Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { type Check, check, type Mistakes } from "./check.ts";
import { orderedAsNchw, readAsNchw } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";
import { batchNormShapes } from "./batch_norm.ts";

/** What a student's gradient of batch normalisation gives. */
export type BatchNormGradients = Record<"dx" | "dGamma" | "dBeta", Tensor>;

/** A student's gradient of batch normalisation, as in training. */
export type BatchNormBackwardSolution = (
  x: Tensor,
  dy: Tensor,
  options: { gamma: Tensor; epsilon: number },
) => BatchNormGradients | Promise<BatchNormGradients>;

type Args = Parameters<BatchNormBackwardSolution>;

/** What the gradients of one channel are made of. */
interface Channel {
  count: number;
  images: number;
  channels: number;
  gamma: number;
  epsilon: number;
  mean: number;
  variance: number;
  /** sqrt(variance + epsilon). */
  deviation: number;
  dGamma: number;
  dBeta: number;
}

/** The steps of the gradient, each of which may be wrong. */
const STEPS = {
  deviation: ({ variance, epsilon }: Channel) => Math.sqrt(variance + epsilon),
  /** What dGamma adds up, before the sum. */
  scaled: (value: number, dy: number, { mean, deviation }: Channel) =>
    dy * (value - mean) / deviation,
  dx: (dy: number, z: number, of: Channel) =>
    of.gamma / of.deviation * (dy - (of.dBeta + z * of.dGamma) / of.count),
};

/** The gradients, with some steps replaced by wrong ones. */
function gradients(
  [x, dy, { gamma, epsilon }]: Args,
  wrong: Partial<typeof STEPS> = {},
): BatchNormGradients {
  const steps = { ...STEPS, ...wrong };
  const channels = gamma.data.length, count = x.data.length / channels;
  const dx = { shape: x.shape, data: allocate(x.data.length, x.data) };
  const all = Array.from(gamma.data, (scale, c) => {
    const at = Array.from({ length: count }, (_, i) => i * channels + c);
    const sum = (of: (place: number) => number) =>
      at.reduce((total, place) => total + of(place), 0);
    const mean = sum((i) => x.data[i]) / count;
    const variance = sum((i) => (x.data[i] - mean) ** 2) / count;
    const sizes = { count, images: x.shape[0], channels };
    const of = { ...sizes, gamma: scale, epsilon, mean, variance } as Channel;
    of.deviation = steps.deviation(of);
    of.dBeta = sum((i) => dy.data[i]);
    of.dGamma = sum((i) => steps.scaled(x.data[i], dy.data[i], of));
    for (const i of at) {
      const z = (x.data[i] - mean) / of.deviation;
      dx.data[i] = steps.dx(dy.data[i], z, of);
    }
    return of;
  });
  const column = (name: "dGamma" | "dBeta"): Tensor => ({
    shape: [channels],
    data: Float64Array.from(all, (of) => of[name]),
  });
  return { dx, dGamma: column("dGamma"), dBeta: column("dBeta") };
}

/** A mistake in some steps. */
const steps =
  (wrong: Partial<typeof STEPS>) => (...args: Args): BatchNormGradients =>
    gradients(args, wrong);

/** A mistake in dx alone, given what the right sum would be divided by. */
const divided = (by: (of: Channel) => number) =>
  steps({ dx: (dy, z, of) => STEPS.dx(dy, z, { ...of, count: by(of) }) });

/** Another sum in dGamma, and in dx too where the student uses it there. */
const summed = (
  scaled: typeof STEPS.scaled,
): ((...args: Args) => BatchNormGradients)[] => [
  (...args) => ({ ...gradients(args, { scaled }), dx: gradients(args).dx }),
  steps({ scaled }),
];

/** dGamma and dBeta changed after the sum, dx right. */
const afterwards = (
  change: (value: number, args: Args, channel: number) => number,
  names: readonly ("dGamma" | "dBeta")[] = ["dGamma", "dBeta"],
) =>
(...args: Args): BatchNormGradients => {
  const right = gradients(args);
  const changed = names.map((name) => [
    name,
    map(right[name], (value, c) => change(value, args, c)),
  ]);
  return { ...right, ...Object.fromEntries(changed) };
};

const perImage: Mistakes<Args> = {
  "each image for itself": [
    "mean and variance, and so all sums, go over all images and pixels of a channel",
    (...[x, dy, options]) => {
      const row = x.data.length / x.shape[0];
      const shape = [1, ...x.shape.slice(1)];
      const part = (of: Tensor, n: number) => ({
        shape,
        data: of.data.slice(n * row, (n + 1) * row),
      });
      const each = Array.from(
        { length: x.shape[0] },
        (_, n) => gradients([part(x, n), part(dy, n), options]),
      );
      const total = (name: "dGamma" | "dBeta") =>
        map(
          each[0][name],
          (_, c) => each.reduce((sum, one) => sum + one[name].data[c], 0),
        );
      const data = allocate(x.data.length, x.data);
      each.forEach(({ dx }, n) => data.set(dx.data, n * row));
      return {
        dx: { shape: x.shape, data },
        dGamma: total("dGamma"),
        dBeta: total("dBeta"),
      };
    },
  ],
};

/**
 * Checks a student's gradient of batch normalisation in training: (x [..., C],
 * dy like x, { gamma [C], epsilon }) => { dx like x, dGamma [C], dBeta [C] }.
 * Mean and variance are the batch's own, so they move with x.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { batchNormBackward, checkBatchNormBackward } from "cnn";
 *
 * await checkBatchNormBackward(batchNormBackward, { exercise: "7.3" });
 * ```
 */
export const checkBatchNormBackward: Check<BatchNormBackwardSolution> = check({
  check: "checkBatchNormBackward",
  name: "batchNormBackward",
  names: ["x", "dy", "options"],
  cases({ stream }) {
    return batchNormShapes.map(({ shape, epsilon, fine }): Args => {
      const channels = shape.slice(-1);
      const draw = fine ? quarters : wholeNumbers;
      const gamma = map(draw(channels, stream), (value) => 1.5 * value);
      // Values around 5 have a mean that counts.
      const x = map(draw(shape, stream, 9), (value) => value + 5);
      return [x, draw(shape, stream), { gamma, epsilon }];
    });
  },
  expected: (...args) => batchNormBackward(...args),
  mistakes: [
    {
      "mean and variance taken as constants": [
        "in training both are computed from x: their slopes belong to dx too",
        steps({ dx: (dy, _, { gamma, deviation }) => gamma / deviation * dy }),
      ],
      "the mean's path forgotten": [
        "each x moves the mean, and the mean every output: subtract the mean of dy",
        steps({
          dx: (dy, z, of) => STEPS.dx(dy, z, { ...of, dBeta: 0 }),
        }),
      ],
      "the variance's path forgotten": [
        "each x moves the variance, and the variance every output: subtract xHat times the mean of dy * xHat",
        steps({
          dx: (dy, z, of) => STEPS.dx(dy, z, { ...of, dGamma: 0 }),
        }),
      ],
      "sums instead of means in dx": [
        "divide both sums by the number of values of the channel",
        divided(() => 1),
      ],
      "divided by the images alone": [
        "a channel's values are images times pixels: divide by N * H * W",
        divided(({ images }) => images),
      ],
      "divided by all values": [
        "each channel has its own mean: divide by the values of one channel",
        divided(({ count, channels }) => count * channels),
      ],
      "gamma forgotten in dx": [
        "the output is gamma * xHat + beta: multiply by gamma on the way back",
        steps({
          dx: (dy, z, of) => STEPS.dx(dy, z, { ...of, gamma: 1 }),
        }),
      ],
      "not divided by the deviation": [
        "xHat is (x - mean) / deviation: divide by the deviation on the way back",
        steps({
          dx: (dy, z, of) => STEPS.dx(dy, z, { ...of, deviation: 1 }),
        }),
      ],
      "divided by the variance": [
        "divide by the root of variance + epsilon",
        steps({
          dx: (dy, z, of) =>
            STEPS.dx(dy, z, { ...of, deviation: of.deviation ** 2 }),
        }),
      ],
      "dGamma from x instead of xHat": [
        "gamma multiplies xHat, not x: sum dy * xHat",
        ...summed((value, dy) => dy * value),
      ],
      "dGamma from x - mean": [
        "xHat is divided by the deviation: sum dy * (x - mean) / deviation",
        ...summed((value, dy, { mean }) => dy * (value - mean)),
      ],
      "dGamma times gamma": [
        "the slope of gamma * xHat at gamma is xHat alone",
        afterwards((value, [, , { gamma }], c) => value * gamma.data[c], [
          "dGamma",
        ]),
      ],
      "mean over the batch": [
        "the loss has already taken the mean: dGamma and dBeta are sums",
        afterwards((value, [{ shape }]) => value / shape[0]),
      ],
      "mean over the values": [
        "the loss has already taken the mean: dGamma and dBeta are sums",
        afterwards((value, [x, , { gamma }]) =>
          value * gamma.data.length / x.data.length
        ),
      ],
      "epsilon missing": [
        "the deviation is the root of variance + epsilon, as on the way forward",
        steps({ deviation: ({ variance }) => Math.sqrt(variance) }),
      ],
      "epsilon outside the root": [
        "add epsilon to the variance, then take the root",
        steps({
          deviation: ({ variance, epsilon }) => Math.sqrt(variance) + epsilon,
        }),
      ],
      "variance divided by N - 1": [
        "divide the sum of squares by the number of values, not by one fewer",
        steps({
          deviation: ({ variance, epsilon, count }) =>
            Math.sqrt(variance * count / (count - 1) + epsilon),
        }),
      ],
    },
    perImage,
    {
      "NHWC/NCHW swap": [
        "the channels are the last axis: value i belongs to channel i % C",
        (x, dy, options) => {
          const { dx, ...sums } = gradients([
            readAsNchw(x),
            readAsNchw(dy),
            options,
          ]);
          return { ...sums, dx: orderedAsNchw(dx) };
        },
      ],
    },
  ],
});
