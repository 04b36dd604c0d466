import { concat } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import type { Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, relabel, transpose, wholeNumbers } from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

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

/** The usual mistakes, those with a clear cause first. */
export const concatMistakes: readonly Mistake<[Tensor[]]>[] = [
  {
    mistake: "joined along the width",
    remedy:
      "the width stays, the channels add up: the shape is [N, H, W, C1 + C2 + ...]",
    wrong: (xs) => along(2, xs),
  },
  {
    mistake: "joined along the height",
    remedy:
      "the height stays, the channels add up: the shape is [N, H, W, C1 + C2 + ...]",
    wrong: (xs) => along(1, xs),
  },
  {
    mistake: "joined along the batch",
    remedy:
      "the images stay, the channels add up: the shape is [N, H, W, C1 + C2 + ...]",
    wrong: (xs) => along(0, xs),
  },
  {
    mistake: "flat arrays appended",
    remedy:
      "the shape is right, but the values of one branch follow those of the other: go through the pixels, and put all channels of one pixel side by side",
    wrong: (xs) => relabel(appended(xs), concat(xs).shape),
  },
  {
    mistake: "no shape",
    remedy:
      "the values are in one long row: the shape is [N, H, W, C1 + C2 + ...]",
    wrong: appended,
  },
  {
    mistake: "branches in reverse order",
    remedy: "the channels of the first branch come first",
    wrong: (xs) => concat([...xs].reverse()),
  },
  {
    mistake: "only the first two branches",
    remedy: "the list may hold any number of branches: go through all of them",
    wrong: (xs) => concat(xs.slice(0, 2)),
  },
  {
    mistake: "added instead of joined",
    remedy:
      "every branch keeps channels of its own: write the values side by side, do not sum them",
    wrong: (xs) => {
      const data = xs[0].data.map((_, i) =>
        xs.reduce((sum, x) => sum + x.data[i], 0)
      );
      return { shape: xs[0].shape, data };
    },
  },
];

/** The exercise that {@linkcode checkConcat} runs. */
export function concatExercise(options: CheckOptions): Exercise<[Tensor[]]> {
  const stream = random(settleCheck("checkConcat", options).seed);
  // One image of one channel each; equal channels; then 3 and 4 branches.
  const cases: readonly (readonly [N: number, channels: number[]])[] = [
    [1, [1, 1]],
    [1, [2, 2]],
    [2, [1, 3]],
    [2, [3, 1, 2]],
    [2, [2, 1, 4, 1]],
  ];
  return {
    check: "checkConcat",
    name: "concat",
    names: ["xs"],
    cases: [
      ...cases.map(([n, channels]): [Tensor[]] => [
        channels.map((c) => wholeNumbers([n, 2, 3, c], stream, 99)),
      ]),
      [[2, 1, 3].map((c) => quarters([3, 4, 2, c], stream))],
    ],
    tolerance: 1e-9,
    expected: concat,
    mistakes: concatMistakes,
  };
}

/**
 * Checks a student's concat: a list of [N, H, W, C1], [N, H, W, C2], ... =>
 * [N, H, W, C1 + C2 + ...].
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConcat, concat } from "cnn";
 *
 * await checkConcat(concat, { exercise: "6.2" });
 * ```
 */
export async function checkConcat(
  fn: (xs: Tensor[]) => Tensor | Promise<Tensor>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, concatExercise(options), options);
}
