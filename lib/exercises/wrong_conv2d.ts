/**
 * The usual mistakes in a convolution, each as the result it gives.
 *
 * @module
 */
import { allocate, type Tensor, zeros } from "../base/tensor.ts";
import {
  clipped,
  mapValues,
  onlyImage,
  readAsNchw,
  relabel,
  transpose,
  writeAsNchw,
} from "./random_case.ts";
import type { Mistake } from "./run_check.ts";
import { gridMistakes } from "./grid_mistakes.ts";
import { type Grid, gridOf, offset, slide, type Sliding } from "./sliding.ts";

/** What a convolution under check gets: numbers, not pairs. */
export interface Conv2dCase extends Sliding {
  readonly bias?: Tensor;
}

type Args = [x: Tensor, kernel: Tensor, options: Conv2dCase];

/** A convolution whose grid may be wrong. */
function convolve(
  x: Tensor,
  kernel: Tensor,
  { bias, ...sliding }: Conv2dCase,
  grid: Grid = gridOf(x.shape, kernel.shape, sliding),
): Tensor {
  const [, , cin, cout] = kernel.shape;
  const y = zeros([x.shape[0], grid.outHeight, grid.outWidth, cout]);
  if (bias) {
    for (let i = 0; i < y.data.length; i++) y.data[i] = bias.data[i % cout];
  }
  slide(
    x.shape,
    kernel.shape,
    grid,
    ({ n, oy, ox, ky, kx, iy, ix, inside }) => {
      if (!inside) return;
      for (let c = 0; c < cin; c++) {
        for (let f = 0; f < cout; f++) {
          y.data[offset(y, n, oy, ox, f)] += x.data[offset(x, n, iy, ix, c)] *
            kernel.data[offset(kernel, ky, kx, c, f)];
        }
      }
    },
  );
  return y;
}

/** The kernel turned by half a circle: [ky, kx] becomes [KH-1-ky, KW-1-kx]. */
export function flipped(kernel: Tensor): Tensor {
  const [kh, kw, cin, cout] = kernel.shape;
  const data = allocate(kernel.data.length, kernel.data);
  const block = cin * cout;
  for (let i = 0; i < kh * kw; i++) {
    const from = kernel.data.subarray(i * block, (i + 1) * block);
    data.set(from, (kh * kw - 1 - i) * block);
  }
  return { shape: kernel.shape, data };
}

/** A kernel in which only the first input channel counts. */
function firstChannel(kernel: Tensor): Tensor {
  const [, , cin, cout] = kernel.shape;
  const data = kernel.data.map((value, i) =>
    Math.floor(i / cout) % cin === 0 ? value : 0
  );
  return { shape: kernel.shape, data };
}

/** Only the product of the last pixel and channel, as "=" leaves it. */
function lastProduct(x: Tensor, kernel: Tensor, options: Conv2dCase): Tensor {
  const grid = gridOf(x.shape, kernel.shape, options);
  const [, , cin, cout] = kernel.shape;
  const y = zeros([x.shape[0], grid.outHeight, grid.outWidth, cout]);
  slide(
    x.shape,
    kernel.shape,
    grid,
    ({ n, oy, ox, ky, kx, iy, ix, inside }) => {
      if (!inside) return;
      for (let f = 0; f < cout; f++) {
        y.data[offset(y, n, oy, ox, f)] =
          x.data[offset(x, n, iy, ix, cin - 1)] *
            kernel.data[offset(kernel, ky, kx, cin - 1, f)] +
          (options.bias?.data[f] ?? 0);
      }
    },
  );
  return y;
}

const nhwc =
  "images are NHWC, so the channels of one pixel are neighbours: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c";

/** The usual mistakes, those with a clear cause first. */
export const conv2dMistakes: readonly Mistake<Args>[] = [
  {
    mistake: "flipped kernel",
    remedy:
      "multiply kernel[ky, kx] with pixel (oy + ky, ox + kx); a network's convolution does not turn the kernel round, as mathematics does",
    wrong: (x, kernel, options) => convolve(x, flipped(kernel), options),
  },
  {
    mistake: "missing bias",
    remedy: "add bias[f] once to every output of filter f",
    wrong: (x, kernel, options) =>
      convolve(x, kernel, { ...options, bias: undefined }),
  },
  {
    mistake: "bias added too often",
    remedy: "add bias[f] once to each output, after the sum or as its start",
    wrong: (x, kernel, options) =>
      convolve(x, kernel, {
        ...options,
        bias: options.bias && mapValues(options.bias, (value) =>
          value * kernel.shape[0] * kernel.shape[1]),
      }),
  },
  {
    mistake: "bias added too often",
    remedy: "add bias[f] once to each output, after the sum or as its start",
    wrong: (x, kernel, options) =>
      convolve(x, kernel, {
        ...options,
        bias: options.bias && mapValues(options.bias, (value) =>
          value * kernel.shape[0] * kernel.shape[1] * kernel.shape[2]),
      }),
  },
  ...gridMistakes.map(({ mistake, remedy, change }): Mistake<Args> => ({
    mistake,
    remedy,
    wrong: (x, kernel, options) => {
      const right = gridOf(x.shape, kernel.shape, options);
      const grid = change(right, x.shape, kernel.shape, options);
      return convolve(x, kernel, options, grid);
    },
  })),
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the input is read as NCHW; ${nhwc}`,
    wrong: (x, kernel, options) => convolve(readAsNchw(x), kernel, options),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the output is written as NCHW; ${nhwc}`,
    wrong: (x, kernel, options) => writeAsNchw(convolve(x, kernel, options)),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the output is written as NCHW; ${nhwc}`,
    wrong: (x, kernel, options) => {
      const y = convolve(x, kernel, options);
      return relabel(writeAsNchw(y), y.shape);
    },
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `input and output are taken as NCHW; ${nhwc}`,
    wrong: (x, kernel, options) => {
      const y = convolve(readAsNchw(x), kernel, options);
      return relabel(writeAsNchw(y), y.shape);
    },
  },
  {
    mistake: "kernel axes swapped",
    remedy:
      "kernels are [KH, KW, Cin, Cout]: weight (ky, kx, c, f) lies at ((ky * KW + kx) * Cin + c) * Cout + f",
    wrong: (x, kernel, options) => {
      const [kh, kw, cin, cout] = kernel.shape;
      const oihw = relabel(kernel, [cout, cin, kh, kw]);
      return convolve(x, transpose(oihw, [2, 3, 1, 0]), options);
    },
  },
  {
    mistake: "kernel axes swapped",
    remedy:
      "kernels are [KH, KW, Cin, Cout]: weight (ky, kx, c, f) lies at ((ky * KW + kx) * Cin + c) * Cout + f",
    wrong: (x, kernel, options) => {
      const [kh, kw, cin, cout] = kernel.shape;
      const swapped = relabel(kernel, [kh, kw, cout, cin]);
      return convolve(x, transpose(swapped, [0, 1, 3, 2]), options);
    },
  },
  {
    mistake: "height and width swapped",
    remedy: "ky runs down with y, kx runs across with x: kernel[ky, kx]",
    wrong: (x, kernel, options) => {
      const [kh, kw, cin, cout] = kernel.shape;
      const turned = relabel(kernel, [kw, kh, cin, cout]);
      return convolve(x, transpose(turned, [1, 0, 2, 3]), options);
    },
  },
  {
    mistake: "input channels not summed",
    remedy: "a filter reaches through all input channels: sum over c too",
    wrong: (x, kernel, options) => convolve(x, firstChannel(kernel), options),
  },
  {
    mistake: "products not summed",
    remedy: "add up with +=; = keeps only the last product",
    wrong: lastProduct,
  },
  {
    mistake: "only one image of the batch",
    remedy: "loop over n too: the first axis counts the images",
    wrong: (x, kernel, options) => onlyImage(convolve(x, kernel, options), 0),
  },
  {
    mistake: "ReLU applied",
    remedy: "a convolution is linear; ReLU is a layer of its own after it",
    wrong: (x, kernel, options) => clipped(convolve(x, kernel, options)),
  },
];
