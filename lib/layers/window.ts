/**
 * The arithmetic of a sliding window along one axis.
 *
 * Every layer with a window (convolution, pooling) takes its sizes from here.
 *
 * @module
 */
import { settle } from "../base/options.ts";
import { checkCount, checkPair, type Pair, shown } from "../base/check.ts";

/** "valid": the window stays inside; "same": zeros around, so stride 1 keeps the length. */
export type Padding = "same" | "valid";

/** A window along one axis, in pixels. */
export interface WindowOptions {
  /** Length of the window. */
  size: number;
  /** Step from one place to the next; 1 unless told. */
  stride?: number;
  /** "valid" unless told. */
  padding?: Padding;
  /** Distance between neighbours inside the window; 1 unless told. */
  dilation?: number;
}

/** Where a window can stand along one axis. */
export interface WindowPlaces {
  /** Number of places. */
  length: number;
  /** Padding in front of the axis. */
  before: number;
  /** Padding behind the axis; one more than `before` when the sum is odd. */
  after: number;
}

/** The places of a window along `axis`; errors speak for the function `fn`. */
export function windowPlaces(
  fn: string,
  axis: string,
  length: number,
  options: WindowOptions,
): WindowPlaces {
  const { size, stride, padding, dilation } = settle(fn, options, {
    size: undefined,
    stride: 1,
    padding: "valid",
    dilation: 1,
  });
  checkCount(fn, axis, length);
  checkCount(fn, "size", size);
  checkCount(fn, "stride", stride);
  checkCount(fn, "dilation", dilation);
  if (padding !== "same" && padding !== "valid") {
    throw new TypeError(
      `${fn}() expects padding "same" or "valid" but found ${
        shown(padding)
      }: write it in small letters`,
    );
  }
  const span = (size - 1) * dilation + 1;
  if (padding === "same") {
    const places = Math.ceil(length / stride);
    const total = Math.max((places - 1) * stride + span - length, 0);
    const before = Math.floor(total / 2);
    return { length: places, before, after: total - before };
  }
  if (span > length) {
    throw new RangeError(
      `${fn}() expects a window of at most ${length} along the ${axis} with padding "valid" but found one that spans ${span}: use a smaller window or padding "same"`,
    );
  }
  const places = Math.floor((length - span) / stride) + 1;
  return { length: places, before: 0, after: 0 };
}

/** All the numbers of a window that slides over images [N, H, W, C], checked. */
export interface Grid {
  batch: number;
  height: number;
  width: number;
  channels: number;
  sizeH: number;
  sizeW: number;
  strideH: number;
  strideW: number;
  dilationH: number;
  dilationW: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
  outH: number;
  outW: number;
}

/** Works out a grid for the function `fn`; `size` is [height, width] in pixels. */
export function slidingGrid(
  fn: string,
  [batch, height, width, channels]: readonly number[],
  [sizeH, sizeW]: readonly number[],
  { strides, padding, dilations = 1 }: {
    strides: Pair;
    padding: Padding;
    dilations?: Pair;
  },
): Grid {
  const [strideH, strideW] = checkPair(fn, "strides", strides);
  const [dilationH, dilationW] = checkPair(fn, "dilations", dilations);
  const rows = windowPlaces(fn, "height", height, {
    size: sizeH,
    stride: strideH,
    padding,
    dilation: dilationH,
  });
  const columns = windowPlaces(fn, "width", width, {
    size: sizeW,
    stride: strideW,
    padding,
    dilation: dilationW,
  });
  return {
    ...{ batch, height, width, channels, sizeH, sizeW },
    ...{ strideH, strideW, dilationH, dilationW },
    ...{ top: rows.before, bottom: rows.after, outH: rows.length },
    ...{ left: columns.before, right: columns.after, outW: columns.length },
  };
}

/**
 * Output length of one axis: how many places a window of `size` can stand in.
 *
 * "valid": floor((length - span) / stride) + 1 with span =
 * (size - 1) * dilation + 1. "same": ceil(length / stride).
 *
 * @param length Length of the axis, in pixels.
 * @param options The window: `size`, `stride` 1, `padding` "valid", `dilation` 1.
 * @returns The number of places.
 * @throws {TypeError} A padding that is neither word; an unknown option.
 * @throws {RangeError} A number that is not whole and 1 or more; a window longer
 * than the axis with padding "valid".
 *
 * @example
 * ```ts
 * import { outputLength } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outputLength(28, { size: 5, stride: 1, padding: "valid" }), 24);
 * assertEquals(outputLength(28, { size: 5, stride: 2, padding: "same" }), 14);
 * ```
 */
export function outputLength(length: number, options: WindowOptions): number {
  return windowPlaces("outputLength", "length", length, options).length;
}

/**
 * Zeros that padding puts before and after one axis.
 *
 * "same" shares them evenly; an odd one goes to the end, as in TensorFlow.
 *
 * @throws {TypeError} A padding that is neither word; an unknown option.
 * @throws {RangeError} As outputLength().
 *
 * @example
 * ```ts
 * import { paddingAmounts } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   paddingAmounts(28, { size: 4, padding: "same" }),
 *   { before: 1, after: 2 },
 * );
 * ```
 */
export function paddingAmounts(
  length: number,
  options: WindowOptions,
): { before: number; after: number } {
  const { before, after } = windowPlaces(
    "paddingAmounts",
    "length",
    length,
    options,
  );
  return { before, after };
}
