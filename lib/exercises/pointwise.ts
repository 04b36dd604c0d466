import { conv2d } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { sizeOf, type Tensor, zeros } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import {
  clipped,
  onlyImage,
  quarters,
  readAsNchw,
  relabel,
  transpose,
  wholeNumbers,
} from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A student's 1x1 convolution. */
export type PointwiseSolution = (
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
) => Tensor | Promise<Tensor>;

type Case = [x: Tensor, kernel: Tensor, bias: Tensor];

/** What the exercise asks for. */
function right(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  return conv2d(x, kernel, { bias });
}

/** The usual mistakes, those with a clear cause first. */
export const pointwiseMistakes: readonly Mistake<Case>[] = [
  {
    mistake: "missing bias",
    remedy: "start the sum of output channel o at bias.data[o]",
    wrong: (x, kernel) => conv2d(x, kernel),
  },
  {
    mistake: "bias added once for each input channel",
    remedy: "add bias.data[o] once, outside the loop over the input channels",
    wrong: (x, kernel, bias) =>
      right(x, kernel, {
        shape: bias.shape,
        data: bias.data.map((v) => v * x.shape[3]),
      }),
  },
  {
    mistake: "kernel transposed",
    remedy:
      "the output channel lies closest: the weight from input channel i to output channel o is kernel.data[i * Cout + o]",
    wrong: (x, kernel, bias) => {
      const [, , cin, cout] = kernel.shape;
      const turned = transpose(relabel(kernel, [1, 1, cout, cin]), [
        0,
        1,
        3,
        2,
      ]);
      return right(x, turned, bias);
    },
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy:
      "x is read as if its channels came before height and width: channel c of pixel (h, w) is at ((n * H + h) * W + w) * C + c",
    wrong: (x, kernel, bias) => right(readAsNchw(x), kernel, bias),
  },
  {
    mistake: "each channel by itself",
    remedy: "every output channel sums over all input channels",
    wrong: (x, kernel, bias) => {
      const [, , cin, cout] = kernel.shape;
      const diagonal = zeros(kernel.shape);
      for (let c = 0; c < Math.min(cin, cout); c++) {
        diagonal.data[c * cout + c] = kernel.data[c * cout + c];
      }
      return right(x, diagonal, bias);
    },
  },
  {
    mistake: "ReLU applied",
    remedy: "return the sums as they are: the ReLU is a layer of its own",
    wrong: (x, kernel, bias) => clipped(right(x, kernel, bias)),
  },
  {
    mistake: "only the first image",
    remedy: "go through all images of the batch, not only n = 0",
    wrong: (x, kernel, bias) => onlyImage(right(x, kernel, bias), 0),
  },
  {
    mistake: "pixels in one long row",
    remedy: "keep the image: the shape is [N, H, W, Cout]",
    wrong: (x, kernel, bias) => {
      const cout = bias.shape[0];
      return relabel(right(x, kernel, bias), [
        sizeOf(x.shape.slice(0, 3)),
        cout,
      ]);
    },
  },
];

/** The exercise that {@linkcode checkPointwise} runs. */
export function pointwiseExercise(options: CheckOptions): Exercise<Case> {
  const stream = random(settleCheck("checkPointwise", options).seed);
  const cases = [
    { x: [1, 2, 3, 1], filters: 2 },
    { x: [1, 3, 2, 3], filters: 2 },
    { x: [2, 3, 4, 2], filters: 3 },
    { x: [2, 2, 3, 4], filters: 4 },
    { x: [2, 4, 3, 3], filters: 2, draw: quarters },
  ];
  return {
    check: "checkPointwise",
    name: "pointwise",
    names: ["x", "kernel", "bias"],
    cases: cases.map(({ x, filters, draw = wholeNumbers }) => [
      draw(x, stream),
      draw([1, 1, x[3], filters], stream),
      draw([filters], stream),
    ]),
    expected: right,
    mistakes: pointwiseMistakes,
  };
}

/**
 * Checks a student's 1x1 convolution: (x [N, H, W, Cin], kernel
 * [1, 1, Cin, Cout], bias [Cout]) => y [N, H, W, Cout].
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkPointwise, conv2d } from "cnn";
 *
 * await checkPointwise((x, kernel, bias) => conv2d(x, kernel, { bias }), {
 *   exercise: "6.3",
 * });
 * ```
 */
export async function checkPointwise(
  fn: PointwiseSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, pointwiseExercise(options), options);
}
