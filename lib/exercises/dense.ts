import { dense, denseBackward } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import {
  clipped,
  mapValues,
  onlyImage,
  quarters,
  relabel,
  transpose,
  wholeNumbers,
} from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A student's dense layer. */
export type DenseSolution = (
  x: Tensor,
  kernel: Tensor,
  options: { bias: Tensor },
) => Tensor | Promise<Tensor>;

/** A student's gradients of a dense layer. */
export type DenseBackwardSolution = (
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
) => DenseGradients | Promise<DenseGradients>;

/** The gradients that a backward dense layer returns. */
export interface DenseGradients {
  dx: Tensor;
  dKernel: Tensor;
  dBias: Tensor;
}

type Args = [x: Tensor, kernel: Tensor, options: { bias: Tensor }];
type BackwardArgs = [x: Tensor, kernel: Tensor, dy: Tensor];

const kernelRemedy =
  "the kernel is [in, out]: weight (i, o) lies at i * out + o";

/** The kernel's values read as if it were [out, in]. */
function misread(kernel: Tensor): Tensor {
  const [inputs, outputs] = kernel.shape;
  return transpose(relabel(kernel, [outputs, inputs]), [1, 0]);
}

/** The usual mistakes of the forward pass. */
export const denseMistakes: readonly Mistake<Args>[] = [
  {
    mistake: "missing bias",
    remedy: "add bias[o] once to every output o",
    wrong: (x, kernel) => dense(x, kernel),
  },
  {
    mistake: "transposed kernel",
    remedy: kernelRemedy,
    wrong: (x, kernel, options) => dense(x, misread(kernel), options),
  },
  {
    mistake: "bias added too often",
    remedy: "add bias[o] once to each output, after the sum or as its start",
    wrong: (x, kernel, { bias }) =>
      dense(x, kernel, { bias: mapValues(bias, (b) => b * x.shape[1]) }),
  },
  {
    mistake: "ReLU applied",
    remedy: "a dense layer is linear; ReLU is a layer of its own after it",
    wrong: (x, kernel, options) => clipped(dense(x, kernel, options)),
  },
  {
    mistake: "batch axis flattened away",
    remedy: "each image keeps its own row: the shape is [N, out]",
    wrong: (x, kernel, options) => {
      const y = dense(x, kernel, options);
      return relabel(y, [y.data.length]);
    },
  },
  {
    mistake: "batch axis last",
    remedy: "rows are images: the shape is [N, out]",
    wrong: (x, kernel, options) => transpose(dense(x, kernel, options), [1, 0]),
  },
  {
    mistake: "only one image of the batch",
    remedy: "loop over n too: the first axis counts the images",
    wrong: (x, kernel, options) => onlyImage(dense(x, kernel, options), 0),
  },
  {
    mistake: "products not summed",
    remedy: "add up with +=; = keeps only the last product",
    wrong: (x, kernel, options) => {
      const inputs = x.shape[1];
      const last = {
        shape: x.shape,
        data: x.data.map((v, i) => i % inputs === inputs - 1 ? v : 0),
      };
      return dense(last, kernel, options);
    },
  },
];

const batch =
  "all images of the batch share the weights: sum their contributions over n, divide by nothing";

/** The usual mistakes of the backward pass. */
export const denseBackwardMistakes: readonly Mistake<BackwardArgs>[] = [
  {
    mistake: "transposed kernel",
    remedy: `dx sums dy[n, o] * kernel[i, o] over o; ${kernelRemedy}`,
    wrong: (x, kernel, dy) => {
      const { dKernel } = denseBackward(x, kernel, dy);
      return {
        dx: denseBackward(x, misread(kernel), dy).dx,
        dKernel: relabel(transpose(dKernel, [1, 0]), kernel.shape),
      };
    },
  },
  {
    mistake: "transposed kernel",
    remedy: `dKernel[i, o] sums x[n, i] * dy[n, o] over n; ${kernelRemedy}`,
    wrong: (x, kernel, dy) => ({
      dKernel: transpose(denseBackward(x, kernel, dy).dKernel, [1, 0]),
    }),
  },
  ...["first", "last"].map((which): Mistake<BackwardArgs> => ({
    mistake: "sum over the batch missing",
    remedy: batch,
    wrong: (x, kernel, dy) => {
      const keep = which === "first" ? 0 : x.shape[0] - 1;
      const { dKernel, dBias } = denseBackward(x, kernel, onlyImage(dy, keep));
      return { dKernel, dBias };
    },
  })),
  {
    mistake: "sum over the batch missing",
    remedy: batch,
    wrong: (_x, _kernel, dy) => ({ dBias: dy }),
  },
  {
    mistake: "mean over the batch",
    remedy: `the loss has already taken the mean; ${batch}`,
    wrong: (x, kernel, dy) => {
      const mean = (part: Tensor) => mapValues(part, (v) => v / x.shape[0]);
      const { dx, dKernel, dBias } = denseBackward(x, kernel, dy);
      return { dx: mean(dx), dKernel: mean(dKernel), dBias: mean(dBias) };
    },
  },
];

/** Shapes [N, in, out] of the cases, simple ones first; the last not of whole numbers. */
const SHAPES = [[1, 3, 2], [1, 4, 4], [3, 4, 2], [4, 2, 5], [2, 3, 4]];

/** What draws the numbers of a case. */
const drawOf = (i: number) => i === SHAPES.length - 1 ? quarters : wholeNumbers;

/** The exercise that {@linkcode checkDense} runs. */
export function denseExercise(options: CheckOptions): Exercise<Args> {
  const stream = random(settleCheck("checkDense", options).seed);
  return {
    check: "checkDense",
    name: "dense",
    names: ["x", "kernel", "options"],
    cases: SHAPES.map(([n, inputs, outputs], i) => [
      drawOf(i)([n, inputs], stream),
      drawOf(i)([inputs, outputs], stream),
      { bias: drawOf(i)([outputs], stream) },
    ]),
    expected: dense,
    mistakes: denseMistakes,
  };
}

/** The exercise that {@linkcode checkDenseBackward} runs. */
export function denseBackwardExercise(
  options: CheckOptions,
): Exercise<BackwardArgs> {
  const stream = random(settleCheck("checkDenseBackward", options).seed);
  return {
    check: "checkDenseBackward",
    name: "denseBackward",
    names: ["x", "kernel", "dy"],
    cases: SHAPES.map(([n, inputs, outputs], i) => [
      drawOf(i)([n, inputs], stream),
      drawOf(i)([inputs, outputs], stream),
      drawOf(i)([n, outputs], stream),
    ]),
    expected: (x, kernel, dy) => {
      const { dx, dKernel, dBias } = denseBackward(x, kernel, dy);
      return { dx, dKernel, dBias };
    },
    mistakes: denseBackwardMistakes,
  };
}

/**
 * Checks a student's dense layer: (x [N, in], kernel [in, out], { bias [out] })
 * => y [N, out].
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkDense, dense } from "cnn";
 *
 * await checkDense(dense, { exercise: "4.1" });
 * ```
 */
export async function checkDense(
  fn: DenseSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, denseExercise(options), options);
}

/**
 * Checks a student's gradients of a dense layer: (x [N, in], kernel [in, out],
 * dy [N, out]) => { dx, dKernel, dBias }.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkDenseBackward, denseBackward } from "cnn";
 *
 * await checkDenseBackward(denseBackward, { exercise: "4.2" });
 * ```
 */
export async function checkDenseBackward(
  fn: DenseBackwardSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, denseBackwardExercise(options), options);
}
