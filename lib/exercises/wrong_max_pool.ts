/**
 * The usual mistakes in max pooling, each as the result it gives.
 *
 * @module
 */
import { type Tensor, zeros, zerosLike } from "../base/tensor.ts";
import { gridMistakes } from "./grid_mistakes.ts";
import {
  nearTiesRemedy,
  nhwc,
  pool,
  type PoolCase,
  stridesRemedy,
  windows,
} from "./pooling.ts";
import {
  clipped,
  onlyImage,
  readAsNchw,
  relabel,
  writeAsNchw,
} from "./random_case.ts";
import type { Mistake } from "./run_check.ts";
import { gridOf } from "./sliding.ts";

type Args = [x: Tensor, options: PoolCase];

const mean = (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

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
    mistake: "near ties taken as ties",
    remedy: nearTiesRemedy,
    wrong: (x, options) =>
      pool(x, options, (values) => {
        const most = Math.max(...values);
        return values.find((value) => value > most - 0.01) ?? most;
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
