import { dense, denseBackward } from "../layers/mod.ts";
import type { Random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { map, transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import {
  batchMistakes,
  commonMistakes,
  loopOverImages,
  readAs,
  relabel,
} from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

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

const kernelRemedy =
  "the kernel is [in, out]: weight (i, o) lies at i * out + o";

/** x, kernel and, of the shape that `last` makes of [N, in, out], one more. */
function draw(
  stream: Random,
  last: (n: number, outputs: number) => number[],
): [x: Tensor, kernel: Tensor, other: Tensor][] {
  // [N, in, out], simple ones first; the last not of whole numbers.
  const shapes = [[1, 3, 2], [1, 4, 4], [3, 4, 2], [4, 2, 5], [2, 3, 4]];
  return shapes.map(([n, inputs, outputs], i) => {
    const numbers = i === shapes.length - 1 ? quarters : wholeNumbers;
    return [
      numbers([n, inputs], stream),
      numbers([inputs, outputs], stream),
      numbers(last(n, outputs), stream),
    ];
  });
}

/**
 * Checks a student's dense layer: (x [N, in], kernel [in, out], { bias [out] })
 * => y [N, out].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkDense, dense } from "cnn";
 *
 * await checkDense(dense, { exercise: "4.1" });
 * ```
 */
export const checkDense: Check<DenseSolution> = check({
  check: "checkDense",
  name: "dense",
  names: ["x", "kernel", "options"],
  cases: ({ stream }) =>
    draw(stream, (_, outputs) => [outputs])
      .map(([x, kernel, bias]) => [x, kernel, { bias }]),
  expected: dense,
  mistakes: [
    commonMistakes(dense, {
      "missing bias": "add bias[o] once to every output o",
      "transposed kernel": kernelRemedy,
      "bias added too often":
        "add bias[o] once to each output, after the sum or as its start",
      "ReLU applied":
        "a dense layer is linear; ReLU is a layer of its own after it",
      "batch axis flattened away":
        "each image keeps its own row: the shape is [N, out]",
      "batch axis last": "rows are images: the shape is [N, out]",
      "only one image of the batch": loopOverImages,
    }),
    {
      "products not summed": [
        "add up with +=; = keeps only the last product",
        (x, kernel, options) => {
          const last = x.shape[1] - 1;
          const only = map(x, (value, _, i) => i === last ? value : 0);
          return dense(only, kernel, options);
        },
      ],
    },
  ],
});

/**
 * Checks a student's gradients of a dense layer: (x [N, in], kernel [in, out],
 * dy [N, out]) => { dx, dKernel, dBias }.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkDenseBackward, denseBackward } from "cnn";
 *
 * await checkDenseBackward(denseBackward, { exercise: "4.2" });
 * ```
 */
export const checkDenseBackward: Check<DenseBackwardSolution> = check({
  check: "checkDenseBackward",
  name: "denseBackward",
  names: ["x", "kernel", "dy"],
  cases: ({ stream }) => draw(stream, (n, outputs) => [n, outputs]),
  expected: (x, kernel, dy) => ({ ...denseBackward(x, kernel, dy) }),
  mistakes: [
    {
      "transposed kernel": [
        `dx sums dy[n, o] * kernel[i, o] over o; ${kernelRemedy}`,
        (x, kernel, dy) => {
          const { dKernel } = denseBackward(x, kernel, dy);
          return {
            dx: denseBackward(x, readAs(kernel, [1, 0]), dy).dx,
            dKernel: relabel(transpose(dKernel), kernel.shape),
          };
        },
      ],
    },
    {
      "transposed kernel": [
        `dKernel[i, o] sums x[n, i] * dy[n, o] over n; ${kernelRemedy}`,
        (x, kernel, dy) => ({
          dKernel: transpose(denseBackward(x, kernel, dy).dKernel),
        }),
      ],
    },
    batchMistakes(
      denseBackward,
      "all images of the batch share the weights: sum their contributions over n, divide by nothing",
      (_, dy) => ({ dBias: dy }),
    ),
  ],
});
