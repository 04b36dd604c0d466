import { conv2d } from "../layers/mod.ts";
import type { Tensor } from "../base/tensor.ts";
import { map } from "../base/verbs.ts";
import { check, type CheckOptions } from "./check.ts";
import { commonMistakes, relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** A student's 1x1 convolution. */
export type PointwiseSolution = (
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
) => Tensor | Promise<Tensor>;

/** What the exercise asks for. */
function right(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  return conv2d(x, kernel, { bias });
}

/**
 * Checks a student's 1x1 convolution: (x [N, H, W, Cin], kernel
 * [1, 1, Cin, Cout], bias [Cout]) => y [N, H, W, Cout].
 *
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
export const checkPointwise: (
  fn: PointwiseSolution,
  options: CheckOptions,
) => Promise<void> = check({
  check: "checkPointwise",
  name: "pointwise",
  names: ["x", "kernel", "bias"],
  cases({ stream }) {
    const cases = [
      { x: [1, 2, 3, 1], filters: 2 },
      { x: [1, 3, 2, 3], filters: 2 },
      { x: [2, 3, 4, 2], filters: 3 },
      { x: [2, 2, 3, 4], filters: 4 },
      { x: [2, 4, 3, 3], filters: 2, draw: quarters },
    ];
    return cases.map(({ x, filters, draw = wholeNumbers }) => [
      draw(x, stream),
      draw([1, 1, x[3], filters], stream),
      draw([filters], stream),
    ]);
  },
  expected: right,
  mistakes: [
    commonMistakes(right, {
      "missing bias": "start the sum of output channel o at bias.data[o]",
      "bias added once for each input channel":
        "add bias.data[o] once, outside the loop over the input channels",
      "kernel transposed":
        "the output channel lies closest: the weight from input channel i to output channel o is kernel.data[i * Cout + o]",
      "NHWC/NCHW swap":
        "x is read as if its channels came before height and width: channel c of pixel (h, w) is at ((n * H + h) * W + w) * C + c",
    }),
    {
      "each channel by itself": [
        "every output channel sums over all input channels",
        (x, kernel, bias) => {
          const diagonal = map(
            kernel,
            (weight, _ky, _kx, i, o) => i === o ? weight : 0,
          );
          return right(x, diagonal, bias);
        },
      ],
    },
    commonMistakes(right, {
      "ReLU applied":
        "return the sums as they are: the ReLU is a layer of its own",
      "only the first image":
        "go through all images of the batch, not only n = 0",
    }),
    {
      "pixels in one long row": [
        "keep the image: the shape is [N, H, W, Cout]",
        (x, kernel, bias) => {
          const y = right(x, kernel, bias);
          const cout = y.shape[3];
          return relabel(y, [y.data.length / cout, cout]);
        },
      ],
    },
  ],
});
