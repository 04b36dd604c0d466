import { flatten } from "../layers/mod.ts";
import { slice, type Tensor } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { commonMistakes, relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

const order =
  "keep the values where they lie: NHWC in, so place (y * W + x) * C + c of a row holds pixel (y, x, c)";

/**
 * Checks a student's flatten: x [N, H, W, C] => [N, H * W * C].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkFlatten, flatten } from "cnn";
 *
 * await checkFlatten(flatten, { exercise: "1.1" });
 * ```
 */
export const checkFlatten: Check<
  (x: Tensor) => Tensor | Promise<Tensor>
> = check({
  check: "checkFlatten",
  name: "flatten",
  names: ["x"],
  cases({ stream }) {
    const shapes = [[1, 2, 3, 1], [2, 3, 4, 1], [3, 2, 3, 2]];
    return [
      ...shapes.map((shape): [Tensor] => [wholeNumbers(shape, stream, 99)]),
      [quarters([2, 4, 3, 3], stream)],
    ];
  },
  tolerance: 1e-9,
  expected: flatten,
  mistakes: [
    {
      "batch axis flattened away": [
        "each image keeps its own row: the shape is [N, H * W * C]",
        (x) => relabel(x, [x.data.length]),
        (x) => relabel(x, [1, x.data.length]),
      ],
      "NHWC/NCHW swap": [
        `the values are put in the order of NCHW; ${order}`,
        (x) => flatten(transpose(x, [0, 3, 1, 2])),
      ],
      "height and width swapped": [
        `the image is read column by column; ${order}`,
        (x) => flatten(transpose(x, [0, 2, 1, 3])),
      ],
    },
    commonMistakes(flatten, {
      "batch axis last":
        "rows are images: the shape is [N, H * W * C], not its transpose",
    }),
    {
      "channels not flattened": [
        "height, width and channels all go into the row: [N, H * W * C]",
        (x) => {
          const [n, h, w, c] = x.shape;
          return relabel(x, [n, h * w, c]);
        },
      ],
      "only the first image": [
        "every image of the batch has a row",
        (x) => slice(flatten(x), 0, 1),
      ],
    },
  ],
});
