import { conv2d, type Padding } from "../layers/mod.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { at, map } from "../base/verbs.ts";
import { type Check, check, type CheckOptions, only } from "./check.ts";
import {
  commonMistakes,
  loopOverImages,
  nchwMistakes,
  readAs,
} from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";
import { type Grid, gridOf, offset, places, windowMistakes } from "./window.ts";

/** What a convolution in an exercise may have to handle. */
export type Conv2dFeature =
  | "channels"
  | "batch"
  | "bias"
  | "strides"
  | "padding"
  | "dilations";

/** Options of the checks of convolutions. */
export interface Conv2dCheckOptions extends CheckOptions {
  /**
   * What the cases use; all but dilations unless told. Without "channels" they
   * have one channel and one filter, without "batch" one image.
   */
  features?: readonly Conv2dFeature[];
}

/** A student's convolution; its options are numbers, never pairs. */
export type Conv2dSolution = (
  x: Tensor,
  kernel: Tensor,
  options: {
    bias: Tensor;
    strides: number;
    padding: Padding;
    dilations: number;
  },
) => Tensor | Promise<Tensor>;

type Steps = Omit<Parameters<Conv2dSolution>[2], "bias">;

/** Shapes of the cases and what they need, simple ones first. */
const CASES: readonly (Partial<Steps> & {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly bias?: boolean;
  /** Numbers that are not whole. */
  readonly fine?: boolean;
})[] = [
  { x: [1, 4, 5, 1], kernel: [2, 3, 1, 1] },
  { x: [1, 4, 5, 2], kernel: [2, 2, 2, 3], bias: true },
  { x: [2, 5, 6, 3], kernel: [3, 2, 3, 2], bias: true },
  { x: [1, 7, 6, 1], kernel: [3, 2, 1, 2], strides: 2, bias: true },
  { x: [1, 8, 9, 2], kernel: [2, 3, 2, 1], strides: 3, bias: true },
  { x: [1, 4, 5, 1], kernel: [3, 3, 1, 1], padding: "same" },
  { x: [1, 4, 5, 1], kernel: [2, 4, 1, 2], padding: "same", bias: true },
  { x: [2, 6, 8, 2], kernel: [3, 3, 2, 3], strides: 2, padding: "same" },
  { x: [1, 7, 8, 1], kernel: [3, 2, 1, 2], dilations: 2, bias: true },
  { x: [1, 6, 7, 2], kernel: [2, 3, 2, 2], dilations: 2, padding: "same" },
  { x: [2, 5, 4, 3], kernel: [3, 2, 3, 2], bias: true, fine: true },
  // A stride longer than the kernel: "same" would need less than no zeros.
  { x: [1, 8, 7, 2], kernel: [1, 2, 2, 1], strides: 3, padding: "same" },
  { x: [1, 9, 8, 1], kernel: [2, 3, 1, 2], strides: 2, dilations: 3 },
  // For exercises with one channel, or with one image.
  { x: [1, 6, 4, 1], kernel: [3, 2, 1, 1], bias: true },
  { x: [1, 5, 5, 1], kernel: [2, 2, 1, 1], bias: true, fine: true },
  { x: [1, 7, 6, 1], kernel: [3, 2, 1, 1], strides: 2 },
  { x: [1, 7, 8, 1], kernel: [3, 2, 1, 1], dilations: 2 },
  { x: [1, 5, 4, 3], kernel: [2, 3, 3, 2], bias: true, fine: true },
];

/** The cases of an exercise with these features, and what draws their numbers. */
export function conv2dShapes(features: readonly Conv2dFeature[]) {
  const names = ["strides", "padding", "dilations"] as const;
  const lacking = names.filter((name) => !features.includes(name));
  const fits = (shapes: typeof CASES[number]) =>
    lacking.every((name) => !shapes[name]) &&
    (features.includes("batch") || shapes.x[0] === 1) &&
    (features.includes("channels") ||
      shapes.kernel[2] === 1 && shapes.kernel[3] === 1);
  return CASES.filter(fits).map(
    ({ strides = 1, padding = "valid", dilations = 1, fine, ...shapes }) => ({
      ...shapes,
      steps: only({ strides, padding, dilations }, features),
      draw: fine ? quarters : wholeNumbers,
    }),
  );
}

/** The right grid of a convolution. */
export function conv2dGrid(
  x: Tensor,
  kernel: Tensor,
  { strides, padding, dilations }: Steps,
): Grid {
  const window = { stride: strides, padding, dilation: dilations };
  return gridOf(x.shape, kernel.shape, window);
}

/** Visits every product: the places of its two factors and of its sum. */
export function products(
  x: Tensor,
  kernel: Tensor,
  y: Tensor,
  grid: Grid,
  visit: (pixel: number, weight: number, sum: number) => void,
): void {
  const [, , cin, cout] = kernel.shape;
  for (const { n, oy, ox, ky, kx, iy, ix, inside } of places(x, grid)) {
    if (!inside) continue;
    for (let c = 0; c < cin; c++) {
      for (let f = 0; f < cout; f++) {
        visit(
          offset(x, n, iy, ix, c),
          offset(kernel, ky, kx, c, f),
          offset(y, n, oy, ox, f),
        );
      }
    }
  }
}

/** A convolution whose grid may be wrong; "=" instead of "+=" with `overwrite`. */
function convolve(
  x: Tensor,
  kernel: Tensor,
  { bias, ...steps }: Steps & { bias?: Tensor },
  { grid = conv2dGrid(x, kernel, steps), overwrite = false } = {},
): Tensor {
  const filters = kernel.shape[3];
  const biasOf = (place: number) => bias?.data[place % filters] ?? 0;
  const y = zeros([x.shape[0], grid[0].length, grid[1].length, filters]);
  if (!overwrite) y.data.forEach((_, i) => y.data[i] = biasOf(i));
  products(x, kernel, y, grid, (pixel, weight, sum) => {
    const before = overwrite ? biasOf(sum) : y.data[sum];
    y.data[sum] = before + x.data[pixel] * kernel.data[weight];
  });
  return y;
}

/** The kernel turned by half a circle. */
export function flipped(kernel: Tensor): Tensor {
  const [kh, kw] = kernel.shape;
  return map(
    kernel,
    (_, ky, kx, c, f) => at(kernel, kh - 1 - ky, kw - 1 - kx, c, f),
  );
}

/** A convolution with another kernel. */
const withKernel =
  (change: (kernel: Tensor) => Tensor): typeof convolve =>
  (x, kernel, options) => convolve(x, change(kernel), options);

const often = "add bias[f] once to each output, after the sum or as its start";

/**
 * Checks a student's convolution: (x [N, H, W, Cin], kernel [KH, KW, Cin, Cout],
 * options) => y [N, OH, OW, Cout].
 *
 * The options hold what `features` names and nothing else: `bias` [Cout],
 * `strides` and `dilations` as one number for both axes, `padding` "valid" or
 * "same" with the odd zero at the end. So an exercise can begin with one channel
 * and no options at all, `features: []`, and go on to `["channels"]`.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: channels, batch, bias, strides
 * and padding unless told.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConv2d, conv2d } from "cnn";
 *
 * await checkConv2d(conv2d, { exercise: "2.1" });
 * ```
 */
export const checkConv2d: Check<Conv2dSolution, Conv2dCheckOptions> = check({
  check: "checkConv2d",
  name: "conv2d",
  names: ["x", "kernel", "options"],
  features: {
    known: ["channels", "batch", "bias", "strides", "padding", "dilations"],
    usual: ["channels", "batch", "bias", "strides", "padding"],
  },
  cases: ({ stream, features }) =>
    conv2dShapes(features).map(({ x, kernel, steps, bias, draw }) => {
      const filters = [kernel[3]];
      const drawn = bias ? draw(filters, stream) : zeros(filters);
      const options = only({ bias: drawn, ...steps }, features);
      return [draw(x, stream), draw(kernel, stream), options];
    }),
  expected: conv2d,
  mistakes: [
    {
      "flipped kernel": [
        "multiply kernel[ky, kx] with pixel (oy + ky, ox + kx); a network's convolution does not turn the kernel round, as mathematics does",
        withKernel(flipped),
      ],
    },
    commonMistakes(convolve, {
      "missing bias": "add bias[f] once to every output of filter f",
      "bias added too often": often,
    }),
    {
      // At each pixel of the window, but not for each channel.
      "bias added too often": [
        often,
        (x, kernel, { bias, ...steps }) => {
          const [kh, kw] = kernel.shape;
          const added = bias && map(bias, (value) => value * kh * kw);
          return convolve(x, kernel, { bias: added, ...steps });
        },
      ],
    },
    ...windowMistakes(
      (grid, x, kernel, options) => convolve(x, kernel, options, { grid }),
      conv2dGrid,
    ),
    ...nchwMistakes(convolve),
    {
      "kernel axes swapped": [
        "kernels are [KH, KW, Cin, Cout]: weight (ky, kx, c, f) lies at ((ky * KW + kx) * Cin + c) * Cout + f",
        withKernel((kernel) => readAs(kernel, [3, 2, 0, 1])),
        withKernel((kernel) => readAs(kernel, [0, 1, 3, 2])),
      ],
      "height and width swapped": [
        "ky runs down with y, kx runs across with x: kernel[ky, kx]",
        withKernel((kernel) => readAs(kernel, [1, 0, 2, 3])),
      ],
      "input channels not summed": [
        "a filter reaches through all input channels: sum over c too",
        withKernel((kernel) =>
          map(kernel, (weight, _ky, _kx, c) => c === 0 ? weight : 0)
        ),
      ],
      "products not summed": [
        "add up with +=; = keeps only the last product",
        (x, kernel, options) =>
          convolve(x, kernel, options, { overwrite: true }),
      ],
    },
    commonMistakes(convolve, {
      "only one image of the batch": loopOverImages,
      "ReLU applied":
        "a convolution is linear; ReLU is a layer of its own after it",
    }),
  ],
});
