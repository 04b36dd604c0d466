import { patchify, patchifyBackward } from "../layers/mod.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { commonMistakes, readAsNchw, relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** A student's patches as tokens. */
export type PatchifySolution = (
  x: Tensor,
  size: number,
) => Tensor | Promise<Tensor>;

/** The axes of x [N, H, W, C] split into places and pixels, then put in an order. */
function cut(x: Tensor, size: number, order: readonly number[]): Tensor {
  const [n, h, w, c] = x.shape;
  const split = relabel(x, [n, h / size, size, w / size, size, c]);
  return relabel(transpose(split, order), patchify(x, size).shape);
}

/** Patches a pixel apart, as many as fit. */
function overlapping(x: Tensor, size: number): Tensor {
  const [n, h, w, c] = x.shape;
  const down = h - size + 1, across = w - size + 1;
  const y = zeros([n, down * across, size * size * c], "float64");
  let to = 0;
  for (let image = 0; image < n; image++) {
    for (let top = 0; top < down; top++) {
      for (let left = 0; left < across; left++) {
        for (let row = top; row < top + size; row++) {
          const from = ((image * h + row) * w + left) * c;
          y.data.set(x.data.subarray(from, from + size * c), to);
          to += size * c;
        }
      }
    }
  }
  return y;
}

/**
 * Checks a student's patches: (x [N, H, W, C], size) => tokens
 * [N, H / size * W / size, size * size * C].
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkPatchify, patchify } from "cnn";
 *
 * await checkPatchify(patchify, { exercise: "8.2" });
 * ```
 */
export const checkPatchify: Check<PatchifySolution> = check({
  check: "checkPatchify",
  name: "patchify",
  names: ["x", "size"],
  cases: ({ stream }) => [
    [wholeNumbers([1, 4, 4, 1], stream, 9), 2],
    [wholeNumbers([1, 4, 6, 1], stream, 9), 2],
    [wholeNumbers([1, 4, 6, 2], stream, 9), 2],
    [wholeNumbers([2, 6, 9, 2], stream, 9), 3],
    [quarters([2, 2, 4, 3], stream), 2],
  ],
  expected: patchify,
  mistakes: [
    {
      "rows and columns swapped": [
        "inside a patch the pixels go along its rows",
        (x, size) => cut(x, size, [0, 1, 3, 4, 2, 5]),
      ],
      "patches column by column": [
        "the patches go along the rows of the picture, as we read",
        (x, size) => cut(x, size, [0, 3, 1, 2, 4, 5]),
      ],
      "patches and pixels column by column": [
        "both the patches and their pixels go along rows",
        (x, size) => cut(x, size, [0, 3, 1, 4, 2, 5]),
      ],
      "channels first": [
        "a pixel's channels stay together: they are the last axis of the patch",
        (x, size) => cut(x, size, [0, 1, 3, 5, 2, 4]),
      ],
      "rows of the picture, not squares": [
        "a patch has size rows of size pixels each: reshaping alone cuts strips",
        (x, size) => relabel(x, patchify(x, size).shape),
      ],
      "overlapping patches": [
        "step by the size, not by 1",
        overlapping,
      ],
      "put together instead of cut": [
        "read from the picture, write to the tokens; here it went the other way",
        (x, size) =>
          relabel(
            patchifyBackward(x, relabel(x, patchify(x, size).shape), size),
            patchify(x, size).shape,
          ),
      ],
      "NHWC/NCHW swap": [
        "images are NHWC: the channels of one pixel are neighbours",
        (x, size) => patchify(readAsNchw(x), size),
      ],
    },
    commonMistakes(patchify, {
      "only the first image":
        "loop over n too: the first axis counts the images",
    }),
  ],
});
