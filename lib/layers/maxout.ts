import type * as tensorflow from "@tensorflow/tfjs";
import { allocate, type Tensor, zerosLike } from "../base/tensor.ts";
import { checkShape, checkTensor } from "../base/check.ts";
import { settle, unset } from "../base/options.ts";
import { define, type Kind, plainRun, type Shape } from "./define.ts";
import { count } from "./setting.ts";

/** How many channels compete. */
export interface MaxoutOptions {
  /** Channels in a group, of which the largest stays. */
  pieces: number;
}

/** The largest value of each group of channels. */
export interface MaxoutLayer extends Readonly<MaxoutOptions> {
  readonly kind: "maxout";
  readonly name?: string;
}

/**
 * The largest value of each group of `pieces` neighbouring channels, place by
 * place: channels 0 to pieces - 1 make the first output channel, and so on.
 *
 * Height and width stay: max pooling is the other way round. NaN always wins.
 * Source: Goodfellow et al., "Maxout Networks", 2013, section 2.
 *
 * @param x Any shape; the last axis is the channels.
 * @param options `pieces`.
 * @returns The shape of x with C / pieces channels, in the precision of x.
 * @throws {TypeError} An x that is no tensor; an unknown option.
 * @throws {RangeError} Pieces that are no whole number of 1 or more, or that do
 * not divide the channels.
 *
 * @example
 * ```ts
 * import { maxout, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 5, 2, -3]]); // one place with four channels
 * assertEquals([...maxout(x, { pieces: 2 }).data], [5, 2]);
 * ```
 */
export function maxout(x: Tensor, options: MaxoutOptions): Tensor {
  const shape = checkMaxout("maxout", x, options);
  const winners = winnersOf(x, options.pieces);
  const y = allocate(winners.length, x.data);
  for (let i = 0; i < y.length; i++) y[i] = x.data[winners[i]];
  return { shape, data: y };
}

/**
 * Gradient of {@linkcode maxout}: each group hands its dy to its largest channel.
 *
 * Of equal ones the first gets all of it.
 *
 * @param x What maxout() got.
 * @param dy Gradient of the loss for maxout()'s output.
 * @param options The options that maxout() had.
 * @returns dx, the shape of x.
 * @throws {TypeError} As maxout(); a dy that has not the output's shape.
 * @throws {RangeError} As maxout().
 *
 * @example
 * ```ts
 * import { maxoutBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 5, 2, -3]]), dy = tensor([[7, 8]]);
 * assertEquals([...maxoutBackward(x, dy, { pieces: 2 }).data], [0, 7, 8, 0]);
 * ```
 */
export function maxoutBackward(
  x: Tensor,
  dy: Tensor,
  options: MaxoutOptions,
): Tensor {
  const fn = "maxoutBackward";
  const shape = checkMaxout(fn, x, options);
  checkShape(fn, "dy", dy, shape, "dy has the shape of maxout()'s output");
  const dx = zerosLike(x);
  winnersOf(x, options.pieces).forEach((place, i) =>
    dx.data[place] = dy.data[i]
  );
  return dx;
}

/** For each output the place in x of the first largest channel of its group. */
function winnersOf({ data }: Tensor, pieces: number): Int32Array {
  const winners = new Int32Array(data.length / pieces);
  for (let i = 0; i < winners.length; i++) {
    let winner = i * pieces;
    for (let place = winner + 1; place < (i + 1) * pieces; place++) {
      const value = data[place];
      if (value > data[winner] || value !== value) winner = place;
    }
    winners[i] = winner;
  }
  return winners;
}

/** Checks x and the options for the function `fn`; returns the output's shape. */
function checkMaxout(fn: string, x: Tensor, options: MaxoutOptions): number[] {
  const { pieces } = settle(fn, options, unset("pieces"));
  checkTensor(fn, "x", x);
  try {
    return maxoutShape(x.shape, count().read(pieces, "pieces"));
  } catch (error) {
    throw new RangeError(`${fn}() ${(error as Error).message}`);
  }
}

function maxoutShape(input: Shape, pieces: number): number[] {
  const channels = input.at(-1) ?? 0;
  if (channels % pieces !== 0) {
    throw new RangeError(
      `expects pieces that divide the ${channels} channels but found ${pieces}: every group has as many channels`,
    );
  }
  return [...input.slice(0, -1), channels / pieces];
}

/** The maximum over channels in a network: [H, W, C] becomes [H, W, C / pieces]. */
export const maxoutLayer: Kind<MaxoutLayer> = define({
  kind: "maxout",
  settings: { pieces: count() },
  shape: (input, { pieces }) => maxoutShape(input, pieces),
  run: plainRun(maxout, maxoutBackward),
  label: ({ pieces }) => `max of ${pieces} channels`,
  small: true,
  tfjs: {
    className: "Maxout",
    compute(tf, x, _weights, { pieces }) {
      // A pooling over the channels of a group: its first maximum gets the
      // gradient, where tf.max() would hand it to each of several.
      const [n, ...place] = x.shape;
      const groups = x.reshape<tensorflow.Tensor4D>([n, -1, pieces, 1]);
      const largest = tf.maxPool(groups, [1, pieces], [1, pieces], "valid");
      return largest.reshape([n, ...maxoutShape(place, pieces)]);
    },
  },
});
