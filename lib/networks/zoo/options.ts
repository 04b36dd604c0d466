/**
 * Options that the makers of the well-known networks share.
 *
 * @module
 */
import { checkCount } from "../../base/check.ts";
import { shown } from "../../base/options.ts";
import { checkRange } from "../../base/range.ts";
import { imageShape } from "../plan.ts";

/** Options of a maker; each has the published value unless told. */
export interface NetOptions {
  /** Outputs of the last layer. */
  readonly classes?: number;
  /** Factor on all channel counts: 0.25 makes a net a quarter as wide. */
  readonly width?: number;
  /** Shape of one image [H, W, C]. */
  readonly inputShape?: readonly [number, number, number];
}

/**
 * Checks the options that all makers share.
 *
 * @returns A function that scales a published channel count by the width, to 1 or more.
 * @throws {TypeError} No image shape; classes that are no number.
 * @throws {RangeError} A width that is no positive number; classes that are not
 * whole and 1 or more.
 */
export function scaled(
  maker: string,
  { classes, width = 1, inputShape }:
    & NetOptions
    & Required<Pick<NetOptions, "classes" | "inputShape">>,
): (channels: number) => number {
  checkCount(maker, "classes", classes);
  imageShape(inputShape, `${maker}()`);
  const remedy = "1 is the published net, 0.25 a quarter of its channels";
  checkRange(maker, "a width", width, { above: 0, remedy });
  return (channels) => Math.max(1, Math.round(channels * width));
}

/**
 * Throws where `depth` is none of those that were published.
 *
 * @throws {RangeError} Another depth.
 */
export function oneOf(
  maker: string,
  depth: number,
  known: readonly number[],
): void {
  if (!known.includes(depth)) {
    throw new RangeError(
      `${maker}() expects a depth of ${known.join(", ")} but found ${
        shown(depth)
      }: choose one of them`,
    );
  }
}
