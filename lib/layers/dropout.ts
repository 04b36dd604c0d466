import { checkSeedOrStream, settle } from "../base/options.ts";
import type { Random } from "../base/random.ts";
import { streamFor } from "../base/stream.ts";
import { type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor, shown } from "../base/check.ts";

/**
 * Drops each value with probability `rate` and scales the others up by
 * 1 / (1 - rate), so that the expected value stays. For training only.
 *
 * Source: Srivastava et al., "Dropout", 2014; scaled in training as usual today.
 *
 * @param x Any shape.
 * @param options `rate` from 0 to below 1; `seed`: a whole number or a stream.
 * @returns `y`, and the `mask` of factors (0 or 1 / (1 - rate)), both like x.
 * @throws {TypeError} An x that is no tensor; an unknown option.
 * @throws {RangeError} A rate outside 0 to 1; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { dropout, tensor } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const { y } = dropout(tensor([1, 1, 1, 1]), { rate: 0.5, seed: 1 });
 * assert(y.data.every((value) => value === 0 || value === 2));
 * ```
 */
export function dropout(
  x: Tensor,
  options: { rate: number; seed: number | Random },
): { y: Tensor; mask: Tensor } {
  const { rate, seed } = settle("dropout", options, {
    rate: undefined,
    seed: undefined,
  });
  checkTensor("dropout", "x", x);
  if (!(typeof rate === "number" && rate >= 0 && rate < 1)) {
    throw new RangeError(
      `dropout() expects a rate from 0 to below 1 but found ${
        shown(rate)
      }: 0.5 drops one half`,
    );
  }
  checkSeedOrStream("dropout", seed);
  const stream = typeof seed === "object" ? seed : streamFor(seed, "dropout");
  const y = zerosLike(x);
  const mask = zerosLike(x);
  for (let i = 0; i < mask.data.length; i++) {
    mask.data[i] = stream.uniform() < rate ? 0 : 1 / (1 - rate);
    y.data[i] = x.data[i] * mask.data[i];
  }
  return { y, mask };
}

/**
 * Gradient of {@linkcode dropout}: dy * mask.
 *
 * @param mask The mask that dropout() returned.
 * @param dy Gradient of the loss for dropout()'s y, same shape.
 * @returns dx, same shape.
 * @throws {TypeError} A dy of another shape than the mask.
 *
 * @example
 * ```ts
 * import { dropoutBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = dropoutBackward(tensor([0, 2]), tensor([5, 5]));
 * assertEquals([...dx.data], [0, 10]);
 * ```
 */
export function dropoutBackward(mask: Tensor, dy: Tensor): Tensor {
  checkTensor("dropoutBackward", "mask", mask);
  checkShape(
    "dropoutBackward",
    "dy",
    dy,
    mask.shape,
    "dy has the mask's shape",
  );
  const dx = zerosLike(mask);
  for (let i = 0; i < dx.data.length; i++) {
    dx.data[i] = dy.data[i] * mask.data[i];
  }
  return dx;
}
