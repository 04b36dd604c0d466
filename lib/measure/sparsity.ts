import { checkTensor } from "../base/check.ts";
import type { Tensor } from "../base/tensor.ts";

/** How much of a layer's output is 0. */
export interface Sparsity {
  /** Share of all values that are 0. */
  readonly zeros: number;
  /** Channels or units that are 0 for every image and at every place. */
  readonly dead: readonly number[];
}

/**
 * Counts zeros in the output of a ReLU: all of them, and by channel.
 *
 * @param output [N, H, W, C] or [N, units], such as activations(network, "relu1", images).
 * @returns The share of zeros, and the numbers of the dead channels.
 * @throws {RangeError} An output without values, or with NaN.
 *
 * @example
 * ```ts
 * import { sparsity, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const output = tensor([[0, 2, 0], [0, 0, 1]]);
 * assertEquals(sparsity(output), { zeros: 4 / 6, dead: [0] });
 * ```
 */
export function sparsity(output: Tensor): Sparsity {
  checkTensor("sparsity", "output", output);
  const { data } = output;
  const channels = output.shape.at(-1) ?? 1;
  const live = new Set<number>();
  let zeros = 0;
  data.forEach((value: number, i: number) => {
    if (value === 0) zeros++;
    else live.add(i % channels);
    if (!Number.isNaN(value)) return;
    throw new RangeError(
      `sparsity() expects numbers but found NaN at place ${i}: look for what made it`,
    );
  });
  if (data.length === 0) {
    throw new RangeError(
      `sparsity() expects at least one value but found none: pass the output for some images`,
    );
  }
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return {
    zeros: zeros / data.length,
    dead: all.filter((channel) => !live.has(channel)),
  };
}
