import { maxPool2d, type Padding } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { at, map, part } from "../base/verbs.ts";
import { type Check, check, type CheckOptions, only } from "./check.ts";
import {
  commonMistakes,
  loopOverImages,
  nchwMistakes,
} from "./common_mistakes.ts";
import { nearTies, quarters, wholeNumbers } from "./random_case.ts";
import {
  changed,
  type Grid,
  gridOf,
  offset,
  places,
  windowMistakes,
} from "./window.ts";

/** Options of the checks of max pooling. */
export interface MaxPoolCheckOptions extends CheckOptions {
  /** "padding" adds cases with padding "same"; none unless told. */
  features?: readonly "padding"[];
}

/** Options that a student's max pooling gets: numbers, never pairs. */
export interface MaxPoolSolutionOptions {
  poolSize: number;
  strides: number;
  padding: Padding;
}

/** A student's max pooling. */
export type MaxPoolSolution = (
  x: Tensor,
  options: MaxPoolSolutionOptions,
) => Tensor | Promise<Tensor>;

/**
 * Shapes of the cases, simple ones first. `most` 1 or 2 makes many ties; `near`
 * makes values that almost tie, around that number; `fine` ones that are not whole;
 * `below` moves all far under any number that a maximum may be started at.
 */
const CASES: readonly {
  x: readonly number[];
  poolSize: number;
  strides: number;
  most?: number;
  near?: number;
  fine?: boolean;
  below?: number;
  padding?: Padding;
}[] = [
  { x: [1, 4, 6, 1], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 4, 4, 1], poolSize: 2, strides: 2, most: 1 },
  { x: [2, 4, 6, 3], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 5, 7, 2], poolSize: 2, strides: 2, most: 50 },
  { x: [1, 7, 6, 1], poolSize: 3, strides: 2, most: 50 },
  { x: [1, 9, 8, 2], poolSize: 2, strides: 3, most: 2 },
  { x: [1, 5, 5, 1], poolSize: 3, strides: 1, most: 2 },
  { x: [1, 5, 6, 1], poolSize: 2, strides: 2, most: 50, padding: "same" },
  { x: [1, 4, 5, 2], poolSize: 4, strides: 1, most: 50, padding: "same" },
  { x: [1, 6, 6, 1], poolSize: 3, strides: 2, most: 50, padding: "same" },
  // A stride longer than the window: "same" would need less than no zeros.
  { x: [1, 9, 7, 1], poolSize: 2, strides: 3, most: 50, padding: "same" },
  { x: [2, 4, 3, 2], poolSize: 2, strides: 1, fine: true },
  { x: [2, 5, 6, 2], poolSize: 3, strides: 1, near: 0 },
  { x: [1, 6, 4, 1], poolSize: 2, strides: 2, near: 3 },
  { x: [1, 4, 6, 2], poolSize: 2, strides: 2, most: 50, below: 1e6 },
];

/** Inputs of the cases; half of the images have only negative values. */
export function maxPoolCases(
  { seed, features }: { seed: number; features: readonly "padding"[] },
): [Tensor, MaxPoolSolutionOptions][] {
  const stream = random(seed);
  const padded = features.includes("padding");
  return CASES.filter(({ padding }) => padded || !padding).map(
    ({ x, poolSize, strides, padding = "valid", ...values }, i) => {
      const { most, near, fine, below = 0 } = values;
      const images = fine
        ? quarters(x, stream)
        : near === undefined
        ? wholeNumbers(x, stream, most)
        : nearTies(x, stream, near);
      const negative = most && (i % 2 === 1 || padding === "same");
      return [
        map(images, (value) => (negative ? -Math.abs(value) : value) - below),
        only({ poolSize, strides, padding }, [
          "poolSize",
          "strides",
          ...features,
        ]),
      ];
    },
  );
}

/** One pixel below a window: its value and its place in x; -1 in the padding. */
export interface Pixel {
  value: number;
  at: number;
}

/** The right grid of a pooling. */
export function poolGrid(
  x: Tensor,
  { poolSize, strides, padding }: MaxPoolSolutionOptions,
): Grid {
  return gridOf(x.shape, [poolSize, poolSize], { stride: strides, padding });
}

/** Hands every window's pixels to `visit`, with the place of its output. */
export function windows(
  x: Tensor,
  grid: Grid,
  visit: (pixels: Pixel[], at: number, y: Tensor) => void,
): Tensor {
  const [images, , , channels] = x.shape;
  const y = zeros([images, grid[0].length, grid[1].length, channels]);
  const below: Pixel[][] = Array.from(y.data, () => []);
  for (const { n, oy, ox, iy, ix, inside } of places(x, grid)) {
    for (let c = 0; c < channels; c++) {
      const at = inside ? offset(x, n, iy, ix, c) : -1;
      below[offset(y, n, oy, ox, c)].push({ value: x.data[at] ?? 0, at });
    }
  }
  below.forEach((pixels, at) => visit(pixels, at, y));
  return y;
}

/** Pooling that combines the pixels inside the image; the grid may be wrong. */
function pool(
  x: Tensor,
  options: MaxPoolSolutionOptions,
  { combine = largest, grid = poolGrid(x, options) } = {},
): Tensor {
  return windows(x, grid, (pixels, at, y) => {
    const inside = pixels.filter((pixel) => pixel.at >= 0);
    y.data[at] = combine(inside.map((pixel) => pixel.value));
  });
}

/** The maximum; -Infinity where a wrong grid puts a window wholly outside. */
const largest = (values: number[]) => Math.max(...values);

/** The right pooling, to be changed. */
const right = (x: Tensor, options: MaxPoolSolutionOptions) => pool(x, options);

/** Another number than the maximum. */
const combining =
  (combine: (values: number[]) => number): typeof right => (x, options) =>
    pool(x, options, { combine });

/** The largest of each place's channels [N, OH, OW, 1]. */
function acrossChannels(y: Tensor): Tensor {
  const [n, h, w] = y.shape;
  return map(
    zeros([n, h, w, 1]),
    (_, ...index) => largest([...part(y, ...index.slice(0, 3)).data]),
  );
}

/** How maxima are told apart. */
export const nearTiesRemedy =
  "compare the values as they are, without a tolerance: the larger one is the maximum, by however little";
/** What pooling windows start at. */
export const stridesRemedy =
  "windows start every `strides` pixels, which need not be `poolSize`";

/**
 * Checks a student's max pooling: (x [N, H, W, C], { poolSize, strides }) =>
 * y [N, OH, OW, C]. With the feature "padding" the options also hold `padding`.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`, `features`: none unless told.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkMaxPool, maxPool2d } from "cnn";
 *
 * await checkMaxPool(maxPool2d, { exercise: "3.1" });
 * ```
 */
export const checkMaxPool: Check<MaxPoolSolution, MaxPoolCheckOptions> = check({
  check: "checkMaxPool",
  name: "maxPool2d",
  names: ["x", "options"],
  features: { known: ["padding"], usual: [] },
  cases: maxPoolCases,
  expected: maxPool2d,
  tolerance: 1e-9, // maxima come out exactly, so near ties can be told
  mistakes: [
    {
      "average instead of maximum": [
        "keep the largest value of the window, do not average",
        combining((values) =>
          values.reduce((a, b) => a + b, 0) / values.length
        ),
      ],
      "minimum instead of maximum": [
        "keep the largest value: replace it when the new one is greater",
        combining((values) => Math.min(...values)),
      ],
      "maximum starts at 0": [
        "a window may hold only negative values: start from -Infinity or from its first value, and let padding take no part",
        (x, options) => map(right(x, options), (value) => Math.max(value, 0)),
      ],
      "padding takes part": [
        "padding is no pixel: a window of negative values at the edge has a negative maximum, so skip what lies outside",
        (x, options) =>
          windows(x, poolGrid(x, options), (pixels, at, y) => {
            y.data[at] = largest(pixels.map((pixel) => pixel.value));
          }),
      ],
      "near ties taken as ties": [
        nearTiesRemedy,
        combining((values) => {
          const most = largest(values);
          return values.find((value) => value > most - 0.01) ?? most;
        }),
      ],
      "strides ignored": [
        stridesRemedy,
        (x, options) => right(x, { ...options, strides: options.poolSize }),
      ],
    },
    ...windowMistakes(
      (grid, x, options) => pool(x, options, { grid }),
      poolGrid,
      { dilated: false },
    ),
    {
      "output size rounded up": [
        'with padding "valid" a window that does not fit whole has no place: floor((length - poolSize) / strides) + 1',
        (x, options) => {
          const grid = changed(poolGrid(x, options), (axis) => {
            const { pixels, size, stride, padding, length } = axis;
            const rounded = Math.ceil((pixels - size) / stride) + 1;
            return { ...axis, length: padding === "same" ? length : rounded };
          });
          return pool(x, options, { grid });
        },
      ],
      "channels pooled together": [
        "every channel is pooled by itself: the number of channels stays",
        (x, options) => {
          const y = right(x, options);
          const all = acrossChannels(y);
          return map(y, (_, n, oy, ox) => at(all, n, oy, ox, 0));
        },
        (...args) => acrossChannels(right(...args)),
      ],
    },
    ...nchwMistakes(right),
    commonMistakes(right, {
      "only one image of the batch": loopOverImages,
    }),
  ],
});
