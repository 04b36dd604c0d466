/**
 * The usual mistakes in max pooling, forward and backward.
 *
 * @module
 */
import { maxPool2dBackward } from "../../layers/mod.ts";
import { type Tensor, zeros, zerosLike } from "../../tensor.ts";
import {
  clipped,
  mapValues,
  onlyImage,
  readAsNchw,
  relabel,
  writeAsNchw,
} from "./random_case.ts";
import type { Mistake } from "./run_check.ts";
import {
  type Grid,
  gridMistakes,
  gridOf,
  offset,
  slide,
  type Sliding,
} from "./sliding.ts";

/** What a pooling under check gets: numbers, not pairs. */
export interface PoolCase extends Sliding {
  readonly poolSize: number;
  readonly strides: number;
}

type Args = [x: Tensor, options: PoolCase];
type BackwardArgs = [x: Tensor, dy: Tensor, options: PoolCase];

/** One pixel below a window: its value and its place in x; -1 in the padding. */
interface Pixel {
  value: number;
  at: number;
}

/** Hands every window's pixels to `visit`, with the place of its output. */
function windows(
  x: Tensor,
  { poolSize, ...sliding }: PoolCase,
  visit: (pixels: Pixel[], at: number, y: Tensor) => void,
  grid: Grid = gridOf(x.shape, [poolSize, poolSize], sliding),
): Tensor {
  const y = zeros([x.shape[0], grid.outHeight, grid.outWidth, x.shape[3]]);
  const below: Pixel[][] = Array.from(y.data, () => []);
  slide(x.shape, [poolSize, poolSize], grid, (place) => {
    const { n, oy, ox, iy, ix, inside } = place;
    for (let c = 0; c < x.shape[3]; c++) {
      const at = inside ? offset(x, n, iy, ix, c) : -1;
      below[offset(y, n, oy, ox, c)].push({ value: x.data[at] ?? 0, at });
    }
  });
  below.forEach((pixels, at) => visit(pixels, at, y));
  return y;
}

/** Pooling that combines the pixels inside the image; the grid may be wrong. */
function pool(
  x: Tensor,
  options: PoolCase,
  combine: (values: number[]) => number = (values) => Math.max(...values),
  grid?: Grid,
): Tensor {
  return windows(x, options, (pixels, at, y) => {
    const inside = pixels.filter((pixel) => pixel.at >= 0);
    // A wrong grid may put a window wholly outside: nothing to take.
    y.data[at] = inside.length ? combine(inside.map((p) => p.value)) : 0;
  }, grid);
}

const mean = (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const nhwc =
  "images are NHWC, so the channels of one pixel are neighbours: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c";
const stridesRemedy =
  "windows start every `strides` pixels, which need not be `poolSize`";

/** The usual mistakes of the forward pass, those with a clear cause first. */
export const maxPoolMistakes: readonly Mistake<Args>[] = [
  {
    mistake: "average instead of maximum",
    remedy: "keep the largest value of the window, do not average",
    wrong: (x, options) => pool(x, options, mean),
  },
  {
    mistake: "minimum instead of maximum",
    remedy: "keep the largest value: replace it when the new one is greater",
    wrong: (x, options) => pool(x, options, (values) => Math.min(...values)),
  },
  {
    mistake: "maximum starts at 0",
    remedy:
      "a window may hold only negative values: start from -Infinity or from its first value, and let padding take no part",
    wrong: (x, options) => clipped(pool(x, options)),
  },
  {
    mistake: "padding takes part",
    remedy:
      "padding is no pixel: a window of negative values at the edge has a negative maximum, so skip what lies outside",
    wrong: (x, options) =>
      windows(x, options, (pixels, at, y) => {
        y.data[at] = Math.max(...pixels.map((pixel) => pixel.value));
      }),
  },
  {
    mistake: "strides ignored",
    remedy: stridesRemedy,
    wrong: (x, options) => pool(x, { ...options, strides: options.poolSize }),
  },
  ...gridMistakes.filter(({ mistake }) => mistake !== "dilation ignored")
    .map(({ mistake, remedy, change }): Mistake<Args> => ({
      mistake,
      remedy,
      wrong: (x, options) => {
        const window = [options.poolSize, options.poolSize];
        const right = gridOf(x.shape, window, options);
        return pool(
          x,
          options,
          undefined,
          change(right, x.shape, window, options),
        );
      },
    })),
  {
    mistake: "output size rounded up",
    remedy:
      'with padding "valid" a window that does not fit whole has no place: floor((length - poolSize) / strides) + 1',
    wrong: (x, options) => {
      if (options.padding === "same") return pool(x, options);
      const { poolSize: size, strides } = options;
      const places = (length: number) =>
        Math.ceil((length - size) / strides) + 1;
      const right = gridOf(x.shape, [size, size], options);
      return pool(x, options, undefined, {
        ...right,
        outHeight: places(x.shape[1]),
        outWidth: places(x.shape[2]),
      });
    },
  },
  {
    mistake: "channels pooled together",
    remedy: "every channel is pooled by itself: the number of channels stays",
    wrong: (x, options) => {
      const y = pool(x, options);
      const channels = y.shape[3];
      const result = zerosLike(y);
      for (let i = 0; i < y.data.length; i++) {
        const first = i - i % channels;
        result.data[i] = Math.max(...y.data.subarray(first, first + channels));
      }
      return result;
    },
  },
  {
    mistake: "channels pooled together",
    remedy: "every channel is pooled by itself: the number of channels stays",
    wrong: (x, options) => {
      const y = pool(x, options);
      const [n, h, w, channels] = y.shape;
      const result = zeros([n, h, w, 1]);
      for (let i = 0; i < result.data.length; i++) {
        const of = y.data.subarray(i * channels, (i + 1) * channels);
        result.data[i] = Math.max(...of);
      }
      return result;
    },
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the input is read as NCHW; ${nhwc}`,
    wrong: (x, options) => pool(readAsNchw(x), options),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the output is written as NCHW; ${nhwc}`,
    wrong: (x, options) => writeAsNchw(pool(x, options)),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the output is written as NCHW; ${nhwc}`,
    wrong: (x, options) => {
      const y = pool(x, options);
      return relabel(writeAsNchw(y), y.shape);
    },
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `input and output are taken as NCHW; ${nhwc}`,
    wrong: (x, options) => {
      const y = pool(readAsNchw(x), options);
      return relabel(writeAsNchw(y), y.shape);
    },
  },
  {
    mistake: "only one image of the batch",
    remedy: "loop over n too: the first axis counts the images",
    wrong: (x, options) => onlyImage(pool(x, options), 0),
  },
];

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
