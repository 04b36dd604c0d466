import type { Random } from "../base/random.ts";
import { allocate, type Tensor } from "../base/tensor.ts";
import { type Check, check, type Mistakes } from "./check.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** How a student's update moves the weights. */
export interface MomentumSolutionOptions {
  learningRate: number;
  momentum: number;
}

/** What the update returns; the tensors that it got stay as they are. */
export interface MomentumStep {
  weights: Tensor;
  velocity: Tensor;
}

/** A student's step of gradient descent with momentum. */
export type MomentumSolution = (
  weights: Tensor,
  gradient: Tensor,
  velocity: Tensor,
  options: MomentumSolutionOptions,
) => MomentumStep | Promise<MomentumStep>;

type Args = Parameters<MomentumSolution>;

/** One number of each tensor, and both settings. */
type Numbers = Record<"w" | "g" | "v" | "rate" | "keep", number>;

/** A rule for single numbers, applied to whole tensors. */
function by(rule: (numbers: Numbers) => [weight: number, velocity: number]) {
  return (...[weights, gradient, velocity, options]: Args) => {
    const result = [weights, velocity].map((like) => ({
      shape: like.shape,
      data: allocate(like.data.length, like.data),
    }));
    weights.data.forEach((w, i) => {
      const [g, v] = [gradient.data[i], velocity.data[i]];
      const { learningRate: rate, momentum: keep } = options;
      rule({ w, g, v, rate, keep }).forEach((value, k) =>
        result[k].data[i] = value
      );
    });
    return { weights: result[0], velocity: result[1] };
  };
}

const right = by(({ w, g, v, rate, keep }) => {
  const next = keep * v + g;
  return [w - rate * next, next];
});

function draw(stream: Random): Args[] {
  const cases = [
    { shape: [4], learningRate: 0.5, momentum: 0 },
    { shape: [3], learningRate: 0.5, momentum: 0.5 },
    { shape: [2, 3], learningRate: 0.25, momentum: 0.75 },
    { shape: [3, 3, 1, 2], learningRate: 0.1, momentum: 0.9, fine: true },
  ];
  return cases.map(({ shape, fine, ...options }) => {
    const numbers = fine ? quarters : wholeNumbers;
    const [w, g, v] = [0, 1, 2].map(() => numbers(shape, stream));
    return [w, g, v, options];
  });
}

const mistakes: Mistakes<Args> = {
  "uphill instead of downhill": [
    "the gradient points uphill: subtract the step",
    by(({ w, g, v, rate, keep }) => {
      const next = keep * v + g;
      return [w + rate * next, next];
    }),
  ],
  "momentum forgotten": [
    "velocity is momentum * velocity + gradient: keep a share of what was",
    by(({ w, g, rate }) => [w - rate * g, g]),
  ],
  "the old velocity moves the weights": [
    "make the new velocity first, then step along it",
    by(({ w, g, v, rate, keep }) => [w - rate * v, keep * v + g]),
  ],
  "velocity not updated": [
    "return the new velocity: the next step needs it",
    by(({ w, g, v, rate, keep }) => [w - rate * (keep * v + g), v]),
  ],
  "learning rate inside the velocity": [
    "here the velocity holds no learning rate: it is multiplied once, in the step",
    by(({ w, g, v, rate, keep }) => {
      const next = keep * v + rate * g;
      return [w - next, next];
    }),
    by(({ w, g, v, rate, keep }) => {
      const next = keep * v + rate * g;
      return [w - rate * next, next];
    }),
  ],
  "gradient weakened": [
    "add the whole gradient: momentum * velocity + gradient, not a mean of both",
    by(({ w, g, v, rate, keep }) => {
      const next = keep * v + (1 - keep) * g;
      return [w - rate * next, next];
    }),
  ],
  "momentum on the gradient": [
    "momentum multiplies the old velocity, not the gradient",
    by(({ w, g, v, rate, keep }) => {
      const next = v + keep * g;
      return [w - rate * next, next];
    }),
  ],
  "the whole velocity kept": [
    "multiply the old velocity by momentum before you add the gradient",
    by(({ w, g, v, rate }) => [w - rate * (v + g), v + g]),
  ],
  "learning rate forgotten": [
    "multiply the velocity by learningRate before you subtract it",
    by(({ w, g, v, keep }) => [w - (keep * v + g), keep * v + g]),
  ],
};

/**
 * Checks a student's step with momentum: (weights, gradient, velocity,
 * { learningRate, momentum }) => { weights, velocity }, with
 * velocity = momentum * velocity + gradient; weights -= learningRate * velocity.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkMomentum, map, type Tensor } from "cnn";
 *
 * const add = (x: Tensor, y: Tensor, times: number) => ({
 *   shape: x.shape,
 *   data: x.data.map((value, i) => value + times * y.data[i]),
 * });
 * await checkMomentum((weights, gradient, old, { learningRate, momentum }) => {
 *   const velocity = add(gradient, old, momentum);
 *   return { weights: add(weights, velocity, -learningRate), velocity };
 * }, { exercise: "A.4" });
 * ```
 */
export const checkMomentum: Check<MomentumSolution> = check({
  check: "checkMomentum",
  name: "momentumStep",
  names: ["weights", "gradient", "velocity", "options"],
  cases: ({ stream }) => draw(stream),
  expected: right,
  mistakes: [mistakes],
});
