/**
 * The usual mistakes in the gradient of max pooling.
 *
 * @module
 */
import { maxPool2dBackward } from "../layers/mod.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { gridMistakes } from "./grid_mistakes.ts";
import {
  nearTiesRemedy,
  nhwc,
  type Pixel,
  type PoolCase,
  stridesRemedy,
  windows,
} from "./pooling.ts";
import { mapValues, onlyImage, relabel, writeAsNchw } from "./random_case.ts";
import type { Mistake } from "./run_check.ts";
import { type Grid, gridOf } from "./sliding.ts";

type BackwardArgs = [x: Tensor, dy: Tensor, options: PoolCase];

/** Gives each pixel of a window its share of dy. */
function scatter(
  x: Tensor,
  dy: Tensor,
  options: PoolCase,
  shares: (pixels: Pixel[]) => number[],
  { grid, overwrite = false }: { grid?: Grid; overwrite?: boolean } = {},
): Tensor {
  const dx = zerosLike(x);
  windows(x, options, (pixels, at) => {
    const inside = pixels.filter((pixel) => pixel.at >= 0);
    shares(inside).forEach((share, i) => {
      if (share === 0) return;
      const before = overwrite ? 0 : dx.data[inside[i].at];
      dx.data[inside[i].at] = before + share * dy.data[at];
    });
  }, grid);
  return dx;
}

/** 1 for each pixel of the maximum, else 0. */
function isMaximum(pixels: Pixel[]): number[] {
  const most = Math.max(...pixels.map((pixel) => pixel.value));
  return pixels.map((pixel) => pixel.value === most ? 1 : 0);
}

/** 1 for one pixel, else 0. */
function oneHot(length: number, at: number): number[] {
  return Array.from({ length }, (_, i) => i === at ? 1 : 0);
}

/** 1 for the first maximum, which is right. */
function firstMaximum(pixels: Pixel[]): number[] {
  return oneHot(pixels.length, isMaximum(pixels).indexOf(1));
}

const ties =
  "of equal maxima only the first in reading order gets dy, all of it: replace the maximum when the new value is greater, not when it is equal";

/** The usual mistakes of the backward pass, those with a clear cause first. */
export const maxPoolBackwardMistakes: readonly Mistake<BackwardArgs>[] = [
  {
    mistake: "ties: gradient to all maxima",
    remedy: ties,
    wrong: (x, dy, options) => scatter(x, dy, options, isMaximum),
  },
  {
    mistake: "ties: gradient to the last maximum",
    remedy: ties,
    wrong: (x, dy, options) =>
      scatter(
        x,
        dy,
        options,
        (pixels) => oneHot(pixels.length, isMaximum(pixels).lastIndexOf(1)),
      ),
  },
  {
    mistake: "ties: gradient shared among the maxima",
    remedy: ties,
    wrong: (x, dy, options) =>
      scatter(x, dy, options, (pixels) => {
        const maxima = isMaximum(pixels);
        const count = maxima.reduce((sum, one) => sum + one, 0);
        return maxima.map((one) => one / count);
      }),
  },
  {
    mistake: "near ties taken as ties",
    remedy: nearTiesRemedy,
    wrong: (x, dy, options) =>
      scatter(x, dy, options, (pixels) => {
        const most = Math.max(...pixels.map((pixel) => pixel.value));
        const first = pixels.findIndex((pixel) => pixel.value > most - 0.01);
        return oneHot(pixels.length, first);
      }),
  },
  {
    mistake: "gradient of average pooling",
    remedy: "only the maximum took part: the other pixels get 0",
    wrong: (x, dy, options) =>
      scatter(x, dy, options, (pixels) => pixels.map(() => 1 / pixels.length)),
  },
  {
    mistake: "gradient to every pixel of the window",
    remedy: "only the maximum took part: the other pixels get 0",
    wrong: (x, dy, options) =>
      scatter(x, dy, options, (pixels) => pixels.map(() => 1)),
  },
  {
    mistake: "gradient to the first pixel of the window",
    remedy: "look for the maximum of the window in x: it gets dy",
    wrong: (x, dy, options) =>
      scatter(x, dy, options, (pixels) => oneHot(pixels.length, 0)),
  },
  {
    mistake: "contributions overwritten",
    remedy:
      "where windows overlap, one pixel can be the maximum of several: add up with +=",
    wrong: (x, dy, options) =>
      scatter(x, dy, options, firstMaximum, { overwrite: true }),
  },
  {
    mistake: "maximum instead of its gradient",
    remedy: "the maximum's pixel gets dy, not its own value",
    wrong: (x, dy, options) => {
      const ones = mapValues(dy, () => 1);
      const winners = maxPool2dBackward(x, ones, options);
      return {
        shape: x.shape,
        data: x.data.map((value, i) => winners.data[i] === 0 ? 0 : value),
      };
    },
  },
  {
    mistake: "maximum times its gradient",
    remedy: "the slope of the maximum is 1: its pixel gets dy as it is",
    wrong: (x, dy, options) => {
      const dx = scatter(x, dy, options, firstMaximum);
      return { shape: x.shape, data: dx.data.map((d, i) => d * x.data[i]) };
    },
  },
  {
    mistake: "strides ignored",
    remedy: stridesRemedy,
    wrong: (x, dy, options) => {
      const window = [options.poolSize, options.poolSize];
      const right = gridOf(x.shape, window, options);
      const grid = { ...right, stride: options.poolSize };
      return scatter(x, dy, options, firstMaximum, { grid });
    },
  },
  ...gridMistakes
    .filter(({ mistake, keepsSize }) =>
      keepsSize && mistake !== "dilation ignored"
    )
    .map(({ mistake, remedy, change }): Mistake<BackwardArgs> => ({
      mistake,
      remedy,
      wrong: (x, dy, options) => {
        const window = [options.poolSize, options.poolSize];
        const right = gridOf(x.shape, window, options);
        const grid = change(right, x.shape, window, options);
        return scatter(x, dy, options, firstMaximum, { grid });
      },
    })),
  {
    mistake: "NHWC/NCHW swap",
    remedy: `dx is written as NCHW; ${nhwc}`,
    wrong: (x, dy, options) =>
      relabel(writeAsNchw(scatter(x, dy, options, firstMaximum)), x.shape),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `dx is written as NCHW; ${nhwc}`,
    wrong: (x, dy, options) =>
      writeAsNchw(scatter(x, dy, options, firstMaximum)),
  },
  {
    mistake: "only one image of the batch",
    remedy: "loop over n too: the first axis counts the images",
    wrong: (x, dy, options) =>
      onlyImage(scatter(x, dy, options, firstMaximum), 0),
  },
];
