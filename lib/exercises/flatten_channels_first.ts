import { flatten } from "../layers/mod.ts";
import { slice, type Tensor } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { commonMistakes, relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

const rule =
  "x[n, k, r, c] lies at ((n * C + k) * H + r) * W + c of x.data and goes to place (r * W + c) * C + k of row n";

/** [N, C, H, W] as [N, H, W, C], then flattened. */
const expected = (x: Tensor) => flatten(transpose(x, [0, 2, 3, 1]));

/**
 * Checks a student's flatten of PyTorch's layout: x [N, C, H, W] => [N, H * W * C],
 * the channels of a pixel side by side.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkFlattenChannelsFirst, flatten, transpose } from "cnn";
 *
 * await checkFlattenChannelsFirst(
 *   (x) => flatten(transpose(x, [0, 2, 3, 1])),
 *   { exercise: "1.2" },
 * );
 * ```
 */
export const checkFlattenChannelsFirst: Check<
  (x: Tensor) => Tensor | Promise<Tensor>
> = check({
  check: "checkFlattenChannelsFirst",
  name: "flatten",
  names: ["x"],
  cases({ stream }) {
    const shapes = [[1, 2, 2, 3], [2, 3, 3, 4], [3, 2, 4, 2]];
    return [
      ...shapes.map((shape): [Tensor] => [wholeNumbers(shape, stream, 99)]),
      [quarters([2, 3, 2, 5], stream)],
    ];
  },
  tolerance: 1e-9,
  expected,
  mistakes: [
    {
      "channels one after the other": [
        `the values lie as they were, channel by channel; ${rule}`,
        (x) => flatten(x),
      ],
      "height and width swapped": [
        `the image is read column by column; ${rule}`,
        (x) => flatten(transpose(x, [0, 3, 2, 1])),
      ],
      "the shape read as [N, H, W, C]": [
        `the axes of x are N, C, H, W; ${rule}`,
        (x) => {
          const [n, h, w, c] = x.shape;
          return expected(relabel(x, [n, c, h, w]));
        },
      ],
      "batch axis flattened away": [
        "each image keeps its own row: the shape is [N, H * W * C]",
        (x) => relabel(expected(x), [x.data.length]),
        (x) => relabel(expected(x), [1, x.data.length]),
      ],
    },
    commonMistakes(expected, {
      "batch axis last":
        "rows are images: the shape is [N, H * W * C], not its transpose",
    }),
    {
      "only the first image": [
        "every image of the batch has a row",
        (x) => slice(expected(x), 0, 1),
      ],
    },
  ],
});
