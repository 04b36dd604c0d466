import { concat } from "../layers/mod.ts";
import type { Tensor } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** The tensors laid one after the other along another axis. */
function along(axis: number, xs: readonly Tensor[]): Tensor {
  const order = [0, 1, 2, 3].filter((a) => a !== axis).concat(axis);
  const joined = concat(xs.map((x) => transpose(x, order)));
  return transpose(joined, [0, 1, 2, 3].map((a) => order.indexOf(a)));
}

/** The values of one tensor after those of the other, in one long row. */
function appended(xs: readonly Tensor[]): Tensor {
  return concat(xs.map((x) => relabel(x, [x.data.length])));
}

const shape = "the shape is [N, H, W, C1 + C2 + ...]";

/**
 * Checks a student's concat: a list of [N, H, W, C1], [N, H, W, C2], ... =>
 * [N, H, W, C1 + C2 + ...].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConcat, concat } from "cnn";
 *
 * await checkConcat(concat, { exercise: "6.2" });
 * ```
 */
export const checkConcat: Check<
  (xs: Tensor[]) => Tensor | Promise<Tensor>
> = check({
  check: "checkConcat",
  name: "concat",
  names: ["xs"],
  cases({ stream }) {
    // One image of one channel each; equal channels; then 3 and 4 branches.
    const cases = [
      { n: 1, channels: [1, 1] },
      { n: 1, channels: [2, 2] },
      { n: 2, channels: [1, 3] },
      { n: 2, channels: [3, 1, 2] },
      { n: 2, channels: [2, 1, 4, 1] },
    ];
    return [
      ...cases.map(({ n, channels }): [Tensor[]] => [
        channels.map((c) => wholeNumbers([n, 2, 3, c], stream, 99)),
      ]),
      [[2, 1, 3].map((c) => quarters([3, 4, 2, c], stream))],
    ];
  },
  tolerance: 1e-9,
  expected: concat,
  mistakes: [{
    "joined along the width": [
      `the width stays, the channels add up: ${shape}`,
      (xs) => along(2, xs),
    ],
    "joined along the height": [
      `the height stays, the channels add up: ${shape}`,
      (xs) => along(1, xs),
    ],
    "joined along the batch": [
      `the images stay, the channels add up: ${shape}`,
      (xs) => along(0, xs),
    ],
    "flat arrays appended": [
      "the shape is right, but the values of one branch follow those of the other: go through the pixels, and put all channels of one pixel side by side",
      (xs) => relabel(appended(xs), concat(xs).shape),
    ],
    "no shape": [`the values are in one long row: ${shape}`, appended],
    "branches in reverse order": [
      "the channels of the first branch come first",
      (xs) => concat([...xs].reverse()),
    ],
    "only the first two branches": [
      "the list may hold any number of branches: go through all of them",
      (xs) => concat(xs.slice(0, 2)),
    ],
    "added instead of joined": [
      "every branch keeps channels of its own: write the values side by side, do not sum them",
      (xs) => {
        const data = xs[0].data.map((_, i) =>
          xs.reduce((sum, x) => sum + x.data[i], 0)
        );
        return { shape: xs[0].shape, data };
      },
    ],
  }],
});
