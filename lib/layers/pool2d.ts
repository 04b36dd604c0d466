import { settle } from "../base/options.ts";
import type { Tensor } from "../base/tensor.ts";
import {
  checkPair,
  checkRank,
  checkShape,
  checkTensor,
  type Pair,
} from "../base/check.ts";
import {
  type Definition,
  fitting,
  plainRun,
  type Settled,
  strideLabel,
  type Window,
  windowLabel,
} from "./define.ts";
import { axes, axesLike, padding } from "./setting.ts";
import { type Grid, type Padding, slidingGrid } from "./window.ts";

/** How a pooling window slides over its input. */
export interface Pool2dOptions {
  /** Size of the window in pixels; 2 unless told. */
  poolSize?: Pair;
  /** Step of the window in pixels; the window's size unless told. */
  strides?: Pair;
  /** "valid" unless told. */
  padding?: Padding;
}

/** Checks the shape and the options for the function `fn` and works out all sizes. */
export function pool2dSizes(
  fn: string,
  xShape: readonly number[],
  options: Pool2dOptions,
): Grid {
  const { poolSize, strides, padding } = settle(fn, options, {
    poolSize: 2,
    strides: undefined,
    padding: "valid",
  });
  checkRank(fn, "x", xShape, "[N, H, W, C]");
  const size = checkPair(fn, "poolSize", poolSize);
  return slidingGrid(fn, xShape, size, {
    strides: strides === undefined ? size : strides,
    padding,
  });
}

/** The shape of a pooling's output. */
export function pooledShape(grid: Grid): [number, number, number, number] {
  return [grid.batch, grid.outH, grid.outW, grid.channels];
}

/** Checks the tensors of a backward pooling and works out all sizes. */
export function checkPool2dBackward(
  fn: string,
  x: Tensor,
  dy: Tensor,
  options: Pool2dOptions,
): Grid {
  checkTensor(fn, "x", x);
  const sizes = pool2dSizes(fn, x.shape, options);
  const remedy = "dy has the shape of the pooling's output with these options";
  checkShape(fn, "dy", dy, pooledShape(sizes), remedy);
  return sizes;
}

/**
 * Shape of a pooling's output: the channels stay as they are.
 *
 * @param xShape Input [N, H, W, C].
 * @param options `poolSize` 2, `strides` as poolSize, `padding` "valid".
 * @returns [N, OH, OW, C].
 * @throws {TypeError} An input without 4 axes; a padding that is neither word.
 * @throws {RangeError} Sizes or strides that are not whole and 1 or more; a
 * window larger than the input with padding "valid".
 *
 * @example
 * ```ts
 * import { pool2dShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pool2dShape([1, 24, 24, 6], { poolSize: 2 }), [1, 12, 12, 6]);
 * ```
 */
export function pool2dShape(
  xShape: readonly number[],
  options: Pool2dOptions = {},
): [number, number, number, number] {
  return pooledShape(pool2dSizes("pool2dShape", xShape, options));
}

/** The largest value, or the mean, of each window; strides are poolSize unless told. */
export interface PoolLayer<
  Kind extends "maxPool2d" | "avgPool2d" = "maxPool2d" | "avgPool2d",
> extends Readonly<Pool2dOptions> {
  readonly kind: Kind;
  readonly name?: string;
}

type Pool = PoolLayer;
type PoolSettings = Settled<Pool>;

/** What both poolings have in common in a network. */
export function poolDefinition(
  forward: (x: Tensor, options: Pool2dOptions) => Tensor,
  backward: (x: Tensor, dy: Tensor, options: Pool2dOptions) => Tensor,
  word: string,
): Omit<Definition<Pool>, "kind" | "tfjs"> {
  const windowOf = ({ poolSize, ...others }: PoolSettings): Window => ({
    size: poolSize,
    ...others,
  });
  return {
    settings: {
      poolSize: axes(2),
      strides: axesLike("poolSize"),
      padding,
    },
    short: "pool",
    shape: (input, settings) =>
      pool2dShape(fitting(input, windowOf(settings)), settings).slice(1),
    run: plainRun<Pool>(forward, backward),
    window: windowOf,
    label: ({ poolSize, strides }) =>
      `${windowLabel(poolSize)} ${word} pool${strideLabel(strides)}`,
    family: "pooling",
  };
}
