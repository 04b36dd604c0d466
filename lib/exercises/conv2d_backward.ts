import {
  conv2dBackward,
  type Conv2dGradients,
  conv2dShape,
  type Padding,
} from "../layers/mod.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { concatRows, map, transpose } from "../base/verbs.ts";
import { type Check, check, type CheckOptions } from "./check.ts";
import {
  batchMistakes,
  type Gradients,
  orderedAsNchw,
  relabel,
  writeAsNchw,
} from "./common_mistakes.ts";
import { conv2dGrid, conv2dShapes, flipped, products } from "./conv2d.ts";
import { windowMistakes } from "./window.ts";

/** Options of {@linkcode checkConv2dBackward}. */
export interface Conv2dBackwardCheckOptions extends CheckOptions {
  /** What the cases use; strides and padding unless told. */
  features?: readonly ("strides" | "padding" | "dilations")[];
}

/** A student's backward convolution; its options are numbers, never pairs. */
export type Conv2dBackwardSolution = (
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: { strides: number; padding: Padding; dilations: number },
) => Conv2dGradients | Promise<Conv2dGradients>;

/** Gradients whose grid may be wrong; "=" instead of "+=" with `overwrite`. */
function gradients(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Parameters<Conv2dBackwardSolution>[3],
  { grid = conv2dGrid(x, kernel, options), overwrite = false } = {},
): Gradients {
  const filters = dy.shape[3];
  const [dx, dKernel, dBias] = [x.shape, kernel.shape, [filters]].map((shape) =>
    zeros(shape)
  );
  const add = ({ data }: Tensor, at: number, value: number) => {
    data[at] = overwrite ? value : data[at] + value;
  };
  products(x, kernel, dy, grid, (pixel, weight, sum) => {
    add(dx, pixel, dy.data[sum] * kernel.data[weight]);
    add(dKernel, weight, dy.data[sum] * x.data[pixel]);
  });
  dy.data.forEach((value, i) => add(dBias, i % filters, value));
  return { dx, dKernel, dBias };
}

const batch =
  "all images of the batch share the weights, so their contributions add up: sum over n with +=, divide by nothing";

/**
 * Checks a student's backward convolution: (x, kernel, dy [N, OH, OW, Cout],
 * options) => { dx, dKernel, dBias }, the gradients of a loss whose gradient
 * with respect to the output is dy.
 *
 * The options hold what `features` names and nothing else, as in checkConv2d.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: strides and padding unless
 * told; a bias needs no feature, since dBias depends on dy alone.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConv2dBackward, conv2dBackward } from "cnn";
 *
 * await checkConv2dBackward(conv2dBackward, { exercise: "2.3" });
 * ```
 */
export const checkConv2dBackward: Check<
  Conv2dBackwardSolution,
  Conv2dBackwardCheckOptions
> = check({
  check: "checkConv2dBackward",
  name: "conv2dBackward",
  names: ["x", "kernel", "dy", "options"],
  features: {
    known: ["strides", "padding", "dilations"],
    usual: ["strides", "padding"],
  },
  cases: ({ stream, features }) =>
    conv2dShapes([...features, "channels", "batch"]).map((
      { x, kernel, steps, draw },
    ) => [
      draw(x, stream),
      draw(kernel, stream),
      draw(conv2dShape(x, kernel, steps), stream),
      steps,
    ]),
  expected: (...args) => ({ ...conv2dBackward(...args) }),
  mistakes: [
    {
      "flipped kernel": [
        "send dy back along the way of the forward pass: dx at (oy + ky, ox + kx) gets dy[oy, ox] * kernel[ky, kx]; only a gather over dx needs the kernel flipped",
        (x, kernel, dy, options) => {
          const { dx } = gradients(x, flipped(kernel), dy, options);
          const { dKernel } = gradients(x, kernel, dy, options);
          return { dx, dKernel: flipped(dKernel) };
        },
      ],
    },
    ...windowMistakes<Parameters<Conv2dBackwardSolution>>(
      (grid, x, kernel, dy, options) =>
        gradients(x, kernel, dy, options, { grid }),
      (x, kernel, _, options) => conv2dGrid(x, kernel, options),
      { resizes: false },
    ),
    batchMistakes(gradients, batch, (one, dy) => {
      const images = Array.from({ length: dy.shape[0] }, (_, n) => one(n));
      const stack = (part: "dKernel" | "dBias") =>
        concatRows(
          images.map((image) =>
            relabel(image[part], [1, ...image[part].shape])
          ),
        );
      return { dKernel: stack("dKernel"), dBias: stack("dBias") };
    }),
    {
      "mean over all places": [
        `every place adds to the gradient of a weight; ${batch}`,
        (x, kernel, dy, options) => {
          const { dKernel, dBias } = gradients(x, kernel, dy, options);
          const places = dy.data.length / dy.shape[3];
          const mean = (part: Tensor) => map(part, (value) => value / places);
          return { dKernel: mean(dKernel), dBias: mean(dBias) };
        },
      ],
      "contributions overwritten": [
        "a pixel lies below several windows and a weight is used at every place: add their contributions up with +=",
        (...args) => gradients(...args, { overwrite: true }),
      ],
      "filters not summed": [
        "every filter reads the pixel: dx sums over f too",
        (x, kernel, dy, options) => {
          const first = map(dy, (value, _n, _y, _x, f) => f === 0 ? value : 0);
          return { dx: gradients(x, kernel, first, options).dx };
        },
      ],
    },
    {
      "NHWC/NCHW swap": [
        "dx is NHWC like x: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c",
        (...args) => ({ dx: orderedAsNchw(gradients(...args).dx) }),
      ],
    },
    {
      "NHWC/NCHW swap": [
        "dx is NHWC and has the shape of x",
        (...args) => ({ dx: writeAsNchw(gradients(...args).dx) }),
      ],
      "kernel axes swapped": [
        "dKernel is [KH, KW, Cin, Cout] like the kernel: weight (ky, kx, c, f) lies at ((ky * KW + kx) * Cin + c) * Cout + f",
        ...[[0, 1, 3, 2], [3, 2, 0, 1]].flatMap((order) => {
          const swapped = (...args: Parameters<Conv2dBackwardSolution>) =>
            transpose(gradients(...args).dKernel, order);
          return [
            (...args: Parameters<Conv2dBackwardSolution>) => ({
              dKernel: swapped(...args),
            }),
            (...args: Parameters<Conv2dBackwardSolution>) => ({
              dKernel: relabel(swapped(...args), args[1].shape),
            }),
          ];
        }),
      ],
    },
  ],
});
