/**
 * The usual mistakes in the gradients of a convolution.
 *
 * @module
 */
import { sizeOf, type Tensor, zeros } from "../base/tensor.ts";
import {
  mapValues,
  onlyImage,
  relabel,
  transpose,
  writeAsNchw,
} from "./random_case.ts";
import type { Mistake } from "./run_check.ts";
import { gridMistakes } from "./grid_mistakes.ts";
import { type Grid, gridOf, offset, slide, type Sliding } from "./sliding.ts";
import { flipped } from "./wrong_conv2d.ts";

type Args = [x: Tensor, kernel: Tensor, dy: Tensor, options: Sliding];

/** Gradients whose grid may be wrong; "=" instead of "+=" with `overwrite`. */
function gradients(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Sliding,
  { grid = gridOf(x.shape, kernel.shape, options), overwrite = false }: {
    grid?: Grid;
    overwrite?: boolean;
  } = {},
): { dx: Tensor; dKernel: Tensor } {
  const [, , cin, cout] = kernel.shape;
  const dx = zeros(x.shape);
  const dKernel = zeros(kernel.shape);
  const add = (to: Tensor, at: number, value: number) => {
    to.data[at] = overwrite ? value : to.data[at] + value;
  };
  slide(
    x.shape,
    kernel.shape,
    grid,
    ({ n, oy, ox, ky, kx, iy, ix, inside }) => {
      if (!inside) return;
      for (let c = 0; c < cin; c++) {
        for (let f = 0; f < cout; f++) {
          const pixel = offset(x, n, iy, ix, c);
          const weight = offset(kernel, ky, kx, c, f);
          const dOut = dy.data[offset(dy, n, oy, ox, f)];
          add(dx, pixel, dOut * kernel.data[weight]);
          add(dKernel, weight, dOut * x.data[pixel]);
        }
      }
    },
  );
  return { dx, dKernel };
}

/** dBias, the sum of dy over images and places. */
function biasGradient(dy: Tensor): Tensor {
  const channels = dy.shape[3];
  const dBias = zeros([channels]);
  dy.data.forEach((value, i) => dBias.data[i % channels] += value);
  return dBias;
}

const batch =
  "all images of the batch share the weights, so their contributions add up: sum over n with +=, divide by nothing";

/** dKernel and dBias as if only one image counted. */
function ofImage(
  n: number,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Sliding,
) {
  const one = onlyImage(dy, n);
  const { dKernel } = gradients(x, kernel, one, options);
  return { dKernel, dBias: biasGradient(one) };
}

/** The usual mistakes, those with a clear cause first. */
export const conv2dBackwardMistakes: readonly Mistake<Args>[] = [
  {
    mistake: "flipped kernel",
    remedy:
      "send dy back along the way of the forward pass: dx at (oy + ky, ox + kx) gets dy[oy, ox] * kernel[ky, kx]; only a gather over dx needs the kernel flipped",
    wrong: (x, kernel, dy, options) => {
      const { dx } = gradients(x, flipped(kernel), dy, options);
      const { dKernel } = gradients(x, kernel, dy, options);
      return { dx, dKernel: flipped(dKernel) };
    },
  },
  ...gridMistakes.filter(({ keepsSize }) => keepsSize)
    .map(({ mistake, remedy, change }): Mistake<Args> => ({
      mistake,
      remedy,
      wrong: (x, kernel, dy, options) => {
        const right = gridOf(x.shape, kernel.shape, options);
        const grid = change(right, x.shape, kernel.shape, options);
        return gradients(x, kernel, dy, options, { grid });
      },
    })),
  {
    mistake: "sum over the batch missing",
    remedy: batch,
    wrong: (x, ...rest) => ofImage(0, x, ...rest),
  },
  {
    mistake: "sum over the batch missing",
    remedy: batch,
    wrong: (x, ...rest) => ofImage(x.shape[0] - 1, x, ...rest),
  },
  {
    mistake: "sum over the batch missing",
    remedy: batch,
    wrong: (x, kernel, dy, options) => {
      const images = Array.from(
        { length: x.shape[0] },
        (_, n) => ofImage(n, x, kernel, dy, options),
      );
      const stack = (parts: Tensor[]): Tensor => ({
        shape: [parts.length, ...parts[0].shape],
        data: Float32Array.from(parts.flatMap((part) => [...part.data])),
      });
      return {
        dKernel: stack(images.map((image) => image.dKernel)),
        dBias: stack(images.map((image) => image.dBias)),
      };
    },
  },
  {
    mistake: "mean over the batch",
    remedy: `the loss has already taken the mean; ${batch}`,
    wrong: (x, kernel, dy, options) => {
      const mean = (part: Tensor) =>
        mapValues(part, (value) => value / x.shape[0]);
      const { dx, dKernel } = gradients(x, kernel, dy, options);
      return {
        dx: mean(dx),
        dKernel: mean(dKernel),
        dBias: mean(biasGradient(dy)),
      };
    },
  },
  {
    mistake: "mean over all places",
    remedy: `every place adds to the gradient of a weight; ${batch}`,
    wrong: (x, kernel, dy, options) => {
      const places = sizeOf(dy.shape.slice(0, 3));
      const mean = (part: Tensor) => mapValues(part, (value) => value / places);
      const { dKernel } = gradients(x, kernel, dy, options);
      return { dKernel: mean(dKernel), dBias: mean(biasGradient(dy)) };
    },
  },
  {
    mistake: "contributions overwritten",
    remedy:
      "a pixel lies below several windows and a weight is used at every place: add their contributions up with +=",
    wrong: (x, kernel, dy, options) => ({
      ...gradients(x, kernel, dy, options, { overwrite: true }),
      dBias: {
        shape: [dy.shape[3]],
        data: dy.data.slice(dy.data.length - dy.shape[3]),
      },
    }),
  },
  {
    mistake: "filters not summed",
    remedy: "every filter reads the pixel: dx sums over f too",
    wrong: (x, kernel, dy, options) => {
      const filters = dy.shape[3];
      const first = {
        shape: dy.shape,
        data: dy.data.map((value, i) => i % filters === 0 ? value : 0),
      };
      return { dx: gradients(x, kernel, first, options).dx };
    },
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy:
      "dx is NHWC like x: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c",
    wrong: (x, kernel, dy, options) => ({
      dx: relabel(writeAsNchw(gradients(x, kernel, dy, options).dx), x.shape),
    }),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: "dx is NHWC and has the shape of x",
    wrong: (x, kernel, dy, options) => ({
      dx: writeAsNchw(gradients(x, kernel, dy, options).dx),
    }),
  },
  ...[[0, 1, 3, 2], [3, 2, 0, 1]].flatMap((order) =>
    [false, true].map((keepShape): Mistake<Args> => ({
      mistake: "kernel axes swapped",
      remedy:
        "dKernel is [KH, KW, Cin, Cout] like the kernel: weight (ky, kx, c, f) lies at ((ky * KW + kx) * Cin + c) * Cout + f",
      wrong: (x, kernel, dy, options) => {
        const { dKernel } = gradients(x, kernel, dy, options);
        const swapped = transpose(dKernel, order);
        return {
          dKernel: keepShape ? relabel(swapped, kernel.shape) : swapped,
        };
      },
    }))
  ),
];
