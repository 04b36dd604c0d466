import { maxPool2dBackward, pool2dShape } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { type Check, check } from "./check.ts";
import {
  commonMistakes,
  loopOverImages,
  nhwc,
  orderedAsNchw,
  writeAsNchw,
} from "./common_mistakes.ts";
import {
  maxPoolCases,
  type MaxPoolCheckOptions,
  type MaxPoolSolutionOptions,
  nearTiesRemedy,
  type Pixel,
  poolGrid,
  stridesRemedy,
  windows,
} from "./max_pool.ts";
import { quarters } from "./random_case.ts";
import { changed, windowMistakes } from "./window.ts";

/** A student's gradient of max pooling. */
export type MaxPoolBackwardSolution = (
  x: Tensor,
  dy: Tensor,
  options: MaxPoolSolutionOptions,
) => Tensor | Promise<Tensor>;

/** 1 for one of some pixels, else 0. */
const oneHot = (pixels: Pixel[], chosen: number): number[] =>
  pixels.map((_, i) => i === chosen ? 1 : 0);

/** 1 for each pixel of the maximum, else 0. */
function isMaximum(pixels: Pixel[]): number[] {
  const most = Math.max(...pixels.map((pixel) => pixel.value));
  return pixels.map((pixel) => pixel.value === most ? 1 : 0);
}

/** 1 for the first maximum, which is right. */
const firstMaximum = (pixels: Pixel[]) =>
  oneHot(pixels, isMaximum(pixels).indexOf(1));

/** Gives each pixel of a window its share of dy; the first maximum alone gets it unless told. */
function scatter(
  x: Tensor,
  dy: Tensor,
  options: MaxPoolSolutionOptions,
  { shares = firstMaximum, grid = poolGrid(x, options), overwrite = false } =
    {},
): Tensor {
  const dx = zerosLike(x);
  windows(x, grid, (pixels, at) => {
    const inside = pixels.filter((pixel) => pixel.at >= 0);
    shares(inside).forEach((share, i) => {
      if (share === 0) return;
      const before = overwrite ? 0 : dx.data[inside[i].at];
      dx.data[inside[i].at] = before + share * dy.data[at];
    });
  });
  return dx;
}

/** The right gradient, to be changed. */
const right = (x: Tensor, dy: Tensor, options: MaxPoolSolutionOptions) =>
  scatter(x, dy, options);

/** Another share of dy for the pixels of a window. */
const sharing =
  (shares: (pixels: Pixel[]) => number[]): typeof right => (x, dy, options) =>
    scatter(x, dy, options, { shares });

const ties =
  "of equal maxima only the first in reading order gets dy, all of it: replace the maximum when the new value is greater, not when it is equal";

/**
 * Checks a student's gradient of max pooling: (x [N, H, W, C],
 * dy [N, OH, OW, C], { poolSize, strides }) => dx [N, H, W, C]. Of equal maxima
 * the first in reading order gets all of dy.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options As for checkMaxPool.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkMaxPoolBackward, maxPool2dBackward } from "cnn";
 *
 * await checkMaxPoolBackward(maxPool2dBackward, { exercise: "3.2" });
 * ```
 */
export const checkMaxPoolBackward: Check<
  MaxPoolBackwardSolution,
  MaxPoolCheckOptions
> = check({
  check: "checkMaxPoolBackward",
  name: "maxPool2dBackward",
  names: ["x", "dy", "options"],
  features: { known: ["padding"], usual: [] },
  cases(given) {
    const stream = random(given.seed + 1);
    return maxPoolCases(given).map(([x, options]) => [
      x,
      quarters(pool2dShape(x.shape, options), stream),
      options,
    ]);
  },
  expected: maxPool2dBackward,
  tolerance: 1e-9, // sums of quarters come out exactly
  mistakes: [
    {
      "ties: gradient to all maxima": [ties, sharing(isMaximum)],
      "ties: gradient to the last maximum": [
        ties,
        sharing((pixels) => oneHot(pixels, isMaximum(pixels).lastIndexOf(1))),
      ],
      "ties: gradient shared among the maxima": [
        ties,
        sharing((pixels) => {
          const maxima = isMaximum(pixels);
          const count = maxima.reduce((sum, one) => sum + one, 0);
          return maxima.map((one) => one / count);
        }),
      ],
      "near ties taken as ties": [
        nearTiesRemedy,
        sharing((pixels) => {
          const most = Math.max(...pixels.map(({ value }) => value));
          return oneHot(
            pixels,
            pixels.findIndex(({ value }) => value > most - 0.01),
          );
        }),
      ],
      "gradient of average pooling": [
        "only the maximum took part: the other pixels get 0",
        sharing((pixels) => pixels.map(() => 1 / pixels.length)),
      ],
      "gradient to every pixel of the window": [
        "only the maximum took part: the other pixels get 0",
        sharing((pixels) => pixels.map(() => 1)),
      ],
      "gradient to the first pixel of the window": [
        "look for the maximum of the window in x: it gets dy",
        sharing((pixels) => oneHot(pixels, 0)),
      ],
      "contributions overwritten": [
        "where windows overlap, one pixel can be the maximum of several: add up with +=",
        (x, dy, options) => scatter(x, dy, options, { overwrite: true }),
      ],
      "maximum instead of its gradient": [
        "the maximum's pixel gets dy, not its own value",
        (x, dy, options) => {
          const ones = { shape: dy.shape, data: dy.data.map(() => 1) };
          const winners = right(x, ones, options).data;
          const data = x.data.map((value, i) => winners[i] === 0 ? 0 : value);
          return { shape: x.shape, data };
        },
      ],
      "maximum times its gradient": [
        "the slope of the maximum is 1: its pixel gets dy as it is",
        (x, dy, options) => {
          const { data } = right(x, dy, options);
          return { shape: x.shape, data: data.map((d, i) => d * x.data[i]) };
        },
      ],
      "strides ignored": [
        stridesRemedy,
        (x, dy, options) => {
          const grid = changed(
            poolGrid(x, options),
            (axis) => ({ ...axis, stride: axis.size }),
          );
          return scatter(x, dy, options, { grid });
        },
      ],
    },
    ...windowMistakes<Parameters<MaxPoolBackwardSolution>>(
      (grid, x, dy, options) => scatter(x, dy, options, { grid }),
      (x, _, options) => poolGrid(x, options),
      { dilated: false, resizes: false },
    ),
    {
      "NHWC/NCHW swap": [
        `dx is written as NCHW; ${nhwc}`,
        (...args) => orderedAsNchw(right(...args)),
        (...args) => writeAsNchw(right(...args)),
      ],
    },
    commonMistakes(right, { "only one image of the batch": loopOverImages }),
  ],
});
