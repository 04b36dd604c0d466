/**
 * A sliding window whose every number can be set wrong on purpose, and the
 * mistakes in where it stands, which convolution and pooling share.
 *
 * @module
 */
import type { Tensor } from "../base/tensor.ts";
import {
  type WindowOptions,
  type WindowPlaces,
  windowPlaces,
} from "../layers/window.ts";
import type { Mistakes } from "./check.ts";
import type { Result } from "./result.ts";

/** A window along an axis of some pixels: numbers that may be right or wrong. */
export interface Axis extends Required<WindowOptions>, WindowPlaces {
  readonly pixels: number;
}

/** Where a window stands on an image. */
export type Grid = readonly [rows: Axis, columns: Axis];

/** The right places of a window along an axis. */
function axisOf(
  { pixels, size, stride = 1, padding = "valid", dilation = 1 }:
    & WindowOptions
    & Pick<Axis, "pixels">,
): Axis {
  const window = { size, stride, padding, dilation };
  return { pixels, ...window, ...windowPlaces("", "axis", pixels, window) };
}

/** The right grid of a window [KH, KW] on images [N, H, W, C]. */
export function gridOf(
  [, height, width]: readonly number[],
  [kh, kw]: readonly number[],
  window: Omit<WindowOptions, "size">,
): Grid {
  return [
    axisOf({ ...window, pixels: height, size: kh }),
    axisOf({ ...window, pixels: width, size: kw }),
  ];
}

/** The grid with both axes changed alike. */
export function changed(
  [rows, columns]: Grid,
  change: (right: Axis) => Axis,
): Grid {
  return [change(rows), change(columns)];
}

/** Every place of the window and every pixel below it, row by row. */
export function* places(x: Tensor, [rows, columns]: Grid) {
  for (let n = 0; n < x.shape[0]; n++) {
    for (let oy = 0; oy < rows.length; oy++) {
      for (let ox = 0; ox < columns.length; ox++) {
        for (let ky = 0; ky < rows.size; ky++) {
          for (let kx = 0; kx < columns.size; kx++) {
            const iy = oy * rows.stride + ky * rows.dilation - rows.before;
            const ix = ox * columns.stride + kx * columns.dilation -
              columns.before;
            // In the padding there is no pixel.
            const inside = iy >= 0 && iy < rows.pixels && ix >= 0 &&
              ix < columns.pixels;
            yield { n, oy, ox, ky, kx, iy, ix, inside };
          }
        }
      }
    }
  }
}

/** Place of a value in a tensor with four axes. */
export function offset(
  { shape }: Tensor,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
}

/** A mistake in the places of a window, the same along both axes. */
interface PlaceMistake {
  readonly mistake: string;
  readonly remedy: string;
  /** What it makes of an axis where the size of the output changes too. */
  readonly resized?: (right: Axis) => Axis;
  /** What it makes of an axis where only the places change. */
  readonly moved?: (right: Axis) => Axis;
}

const padRemedy =
  'padding "same" puts floor(total / 2) zeros before and the rest after, with total = max((ceil(length / stride) - 1) * stride + span - length, 0); an odd one goes to the end';

/** The padding in front longer by whole pixels, where there is padding. */
function shifted(axis: Axis, by: number): Axis {
  return axis.padding === "same" ? { ...axis, before: axis.before + by } : axis;
}

const PLACE_MISTAKES: readonly PlaceMistake[] = [
  {
    mistake: "strides ignored",
    remedy:
      "a step of `strides` pixels lies between two places: the window of output (oy, ox) starts at pixel oy * strides, ox * strides",
    resized: (axis) => axisOf({ ...axis, stride: 1 }),
    moved: (axis) => ({ ...axis, stride: 1 }),
  },
  {
    mistake: "dilation ignored",
    remedy:
      "neighbours in the kernel lie `dilations` pixels apart: read pixel oy * strides + ky * dilations",
    resized: (axis) => axisOf({ ...axis, dilation: 1 }),
    moved: (axis) => ({ ...axis, dilation: 1 }),
  },
  {
    mistake: "padding off by one",
    remedy:
      `the odd zero stands before the image instead of after it; ${padRemedy}`,
    moved: (axis) => ({ ...axis, before: axis.after }),
  },
  {
    mistake: "padding off by one",
    remedy: `there is one zero too many before the image; ${padRemedy}`,
    moved: (axis) => shifted(axis, 1),
  },
  {
    mistake: "padding off by one",
    remedy: `there is one zero too few before the image; ${padRemedy}`,
    moved: (axis) => shifted(axis, -1),
  },
  ...[1, 2].map((extra): PlaceMistake => ({
    mistake: "padding off by one",
    remedy: `the image is padded with ${extra} zero${
      extra > 1 ? "s" : ""
    } too many along each axis; ${padRemedy}`,
    resized: (axis) => {
      const { pixels, size, stride, padding, dilation, before, after } = axis;
      if (padding !== "same") return axis;
      const span = (size - 1) * dilation + 1;
      const free = pixels + before + after + extra - span;
      const length = Math.floor(free / stride) + 1;
      return { ...shifted(axis, extra - 1), length };
    },
  })),
  {
    mistake: "padding ignored",
    remedy: padRemedy,
    resized: (axis) => axisOf({ ...axis, padding: "valid" }),
    moved: (axis) => ({ ...axis, before: 0 }),
  },
  {
    mistake: "padding computed without the stride",
    remedy: padRemedy,
    moved: (axis) => {
      const { before } = axisOf({ ...axis, stride: 1 });
      return { ...axis, before };
    },
  },
  {
    mistake: "output size without + 1",
    remedy:
      "a window that fits exactly has one place, not none: floor((length - span) / stride) + 1",
    resized: (axis) => ({ ...axis, length: axis.length - 1 }),
  },
];

/**
 * The mistakes in where a window stands.
 *
 * @param run The result for a grid that may be wrong.
 * @param gridOfCase The right grid of a case.
 * @param options `dilated` false: the window has no dilation; `resizes` false:
 * the size of the output is given and cannot be wrong.
 */
export function windowMistakes<Args extends unknown[]>(
  run: (grid: Grid, ...args: Args) => Result,
  gridOfCase: (...args: Args) => Grid,
  { dilated = true, resizes = true } = {},
): Mistakes<Args>[] {
  return PLACE_MISTAKES
    .filter(({ mistake }) => dilated || mistake !== "dilation ignored")
    .map(({ mistake, remedy, resized, moved }) => {
      const changes = [resizes ? resized : undefined, moved]
        .filter((change) => change !== undefined);
      return {
        [mistake]: [
          remedy,
          ...changes.map((change) => (...args: Args) =>
            run(changed(gridOfCase(...args), change), ...args)
          ),
        ],
      };
    });
}
