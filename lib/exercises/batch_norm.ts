import { batchNorm } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, wholeNumbers } from "./random_case.ts";
import { type Exercise, runCheck } from "./run_check.ts";
import {
  type BatchNormArgs,
  batchNormMistakes,
  type BatchNormSolutionOptions,
} from "./wrong_batch_norm.ts";

/** A student's batch normalisation, as in training. */
export type BatchNormSolution = (
  x: Tensor,
  options: BatchNormSolutionOptions,
) => Tensor | Promise<Tensor>;

/** Shapes of the cases, simple ones first; an epsilon that is large enough to show. */
const CASES = [
  { shape: [4, 1], epsilon: 0.5 },
  { shape: [3, 2], epsilon: 0.25 },
  { shape: [1, 2, 3, 2], epsilon: 0.5 },
  { shape: [2, 3, 2, 3], epsilon: 0.25 },
  { shape: [3, 2, 4, 2], epsilon: 1 },
  { shape: [2, 3, 2, 2], epsilon: 1e-3, fine: true },
];

/** The exercise that {@linkcode checkBatchNorm} runs. */
export function batchNormExercise(
  options: CheckOptions,
): Exercise<BatchNormArgs> {
  const stream = random(settleCheck("checkBatchNorm", options).seed);
  return {
    check: "checkBatchNorm",
    name: "batchNorm",
    names: ["x", "options"],
    cases: CASES.map(({ shape, epsilon, fine }) => {
      const channels = shape[shape.length - 1];
      if (fine) {
        const [gamma, beta] = [0, 1].map(() => quarters([channels], stream));
        return [quarters(shape, stream), { gamma, beta, epsilon }];
      }
      const x = wholeNumbers(shape, stream, 9);
      // Values around 5 have a mean that counts; two that differ, a variance.
      x.data.forEach((value, i) => x.data[i] = value + 5);
      x.data.forEach((_, i) => i < channels && (x.data[i] = 20));
      const gamma = wholeNumbers([channels], stream);
      gamma.data.forEach((value, c) => gamma.data[c] = 1.5 * value);
      return [x, { gamma, beta: wholeNumbers([channels], stream), epsilon }];
    }),
    expected: batchNorm,
    mistakes: batchNormMistakes,
  };
}

/**
 * Checks a student's batch normalisation in training: (x [..., C], { gamma [C],
 * beta [C], epsilon }) => y like x, with the batch's own mean and variance.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { batchNorm, checkBatchNorm } from "cnn";
 *
 * await checkBatchNorm(batchNorm, { exercise: "7.2" });
 * ```
 */
export async function checkBatchNorm(
  fn: BatchNormSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, batchNormExercise(options), options);
}
