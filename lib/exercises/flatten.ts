import { flatten } from "../layers/mod.ts";
import { random } from "../base/random.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, relabel, transpose, wholeNumbers } from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

const order =
  "keep the values where they lie: NHWC in, so place (y * W + x) * C + c of a row holds pixel (y, x, c)";

/** [N, H, W, C] with its axes in another order, then flattened by image. */
function reordered(x: Tensor, axes: readonly number[]): Tensor {
  return flatten(transpose(x, axes));
}

/** The usual mistakes, those with a clear cause first. */
export const flattenMistakes: readonly Mistake<[Tensor]>[] = [
  {
    mistake: "batch axis flattened away",
    remedy: "each image keeps its own row: the shape is [N, H * W * C]",
    wrong: (x) => relabel(x, [x.data.length]),
  },
  {
    mistake: "batch axis flattened away",
    remedy: "each image keeps its own row: the shape is [N, H * W * C]",
    wrong: (x) => relabel(x, [1, x.data.length]),
  },
  {
    mistake: "NHWC/NCHW swap",
    remedy: `the values are put in the order of NCHW; ${order}`,
    wrong: (x) => reordered(x, [0, 3, 1, 2]),
  },
  {
    mistake: "height and width swapped",
    remedy: `the image is read column by column; ${order}`,
    wrong: (x) => reordered(x, [0, 2, 1, 3]),
  },
  {
    mistake: "batch axis last",
    remedy: "rows are images: the shape is [N, H * W * C], not its transpose",
    wrong: (x) => transpose(flatten(x), [1, 0]),
  },
  {
    mistake: "channels not flattened",
    remedy: "height, width and channels all go into the row: [N, H * W * C]",
    wrong: (x) => {
      const [n, h, w, c] = x.shape;
      return relabel(x, [n, h * w, c]);
    },
  },
  {
    mistake: "only the first image",
    remedy: "every image of the batch has a row",
    wrong: (x) => {
      const row = sizeOf(x.shape.slice(1));
      return { shape: [1, row], data: x.data.slice(0, row) };
    },
  },
];

/** The exercise that {@linkcode checkFlatten} runs. */
export function flattenExercise(options: CheckOptions): Exercise<[Tensor]> {
  const stream = random(settleCheck("checkFlatten", options).seed);
  const shapes = [[1, 2, 3, 1], [2, 3, 4, 1], [3, 2, 3, 2], [2, 4, 3, 3]];
  return {
    check: "checkFlatten",
    name: "flatten",
    names: ["x"],
    cases: shapes.map((shape, i) => [
      i < 3 ? wholeNumbers(shape, stream, 99) : quarters(shape, stream),
    ]),
    tolerance: 1e-9,
    expected: flatten,
    mistakes: flattenMistakes,
  };
}

/**
 * Checks a student's flatten: x [N, H, W, C] => [N, H * W * C].
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkFlatten, flatten } from "cnn";
 *
 * await checkFlatten(flatten, { exercise: "1.1" });
 * ```
 */
export async function checkFlatten(
  fn: (x: Tensor) => Tensor | Promise<Tensor>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, flattenExercise(options), options);
}
