/**
 * Mistakes in where a window stands, which convolution and pooling share.
 *
 * @module
 */
import { type Padding, paddingAmounts } from "../layers/mod.ts";
import { type Grid, gridOf, type Sliding } from "./sliding.ts";

/** Mistakes in a grid: each as the change that it makes. */
export interface GridMistake {
  readonly mistake: string;
  readonly remedy: string;
  /** The wrong grid. */
  readonly change: (
    right: Grid,
    shape: readonly number[],
    window: readonly number[],
    options: Sliding,
  ) => Grid;
  /** Only the places change, not the size of the output. */
  readonly keepsSize: boolean;
}

const stridesRemedy =
  "a step of `strides` pixels lies between two places: the window of output (oy, ox) starts at pixel oy * strides, ox * strides";
const padRemedy =
  'padding "same" puts floor(total / 2) zeros before and the rest after, with total = max((ceil(length / stride) - 1) * stride + span - length, 0); an odd one goes to the end';

/** Shifts the padding in front by whole pixels where there is padding. */
function shifted(grid: Grid, by: number, padding?: Padding): Grid {
  if (padding !== "same") return grid;
  return { ...grid, top: grid.top + by, left: grid.left + by };
}

/** Zeros that "same" needs altogether along an axis. */
function totalPadding(length: number, size: number, o: Sliding): number {
  const { strides: stride = 1, padding, dilations: dilation = 1 } = o;
  const { before, after } = paddingAmounts(length, {
    size,
    stride,
    padding,
    dilation,
  });
  return before + after;
}

/** The mistakes that convolution and pooling share. */
export const gridMistakes: readonly GridMistake[] = [
  {
    mistake: "strides ignored",
    remedy: stridesRemedy,
    keepsSize: false,
    change: (_, shape, window, options) =>
      gridOf(shape, window, { ...options, strides: 1 }),
  },
  {
    mistake: "strides ignored",
    remedy: stridesRemedy,
    keepsSize: true,
    change: (right) => ({ ...right, stride: 1 }),
  },
  {
    mistake: "dilation ignored",
    remedy:
      "neighbours in the kernel lie `dilations` pixels apart: read pixel oy * strides + ky * dilations",
    keepsSize: false,
    change: (_, shape, window, options) =>
      gridOf(shape, window, { ...options, dilations: 1 }),
  },
  {
    mistake: "dilation ignored",
    remedy:
      "neighbours in the kernel lie `dilations` pixels apart: read pixel oy * strides + ky * dilations",
    keepsSize: true,
    change: (right) => ({ ...right, dilation: 1 }),
  },
  {
    mistake: "padding off by one",
    remedy:
      `the odd zero stands before the image instead of after it; ${padRemedy}`,
    keepsSize: true,
    change: (right, shape, [kh, kw], options) => ({
      ...right,
      top: totalPadding(shape[1], kh, options) - right.top,
      left: totalPadding(shape[2], kw, options) - right.left,
    }),
  },
  {
    mistake: "padding off by one",
    remedy: `there is one zero too many before the image; ${padRemedy}`,
    keepsSize: true,
    change: (right, _shape, _window, { padding }) => shifted(right, 1, padding),
  },
  {
    mistake: "padding off by one",
    remedy: `there is one zero too few before the image; ${padRemedy}`,
    keepsSize: true,
    change: (right, _shape, _window, { padding }) =>
      shifted(right, -1, padding),
  },
  ...[1, 2].map((extra): GridMistake => ({
    mistake: "padding off by one",
    remedy: `the image is padded with ${extra} zero${
      extra > 1 ? "s" : ""
    } too many along each axis; ${padRemedy}`,
    keepsSize: false,
    change: (right, shape, [kh, kw], options) => {
      if (options.padding !== "same") return right;
      const places = (length: number, size: number) => {
        const { strides = 1, dilations = 1 } = options;
        const span = (size - 1) * dilations + 1;
        const padded = length + totalPadding(length, size, options) + extra;
        return Math.floor((padded - span) / strides) + 1;
      };
      return {
        ...shifted(right, extra - 1, "same"),
        outHeight: places(shape[1], kh),
        outWidth: places(shape[2], kw),
      };
    },
  })),
  {
    mistake: "padding ignored",
    remedy: padRemedy,
    keepsSize: false,
    change: (_, shape, window, options) =>
      gridOf(shape, window, { ...options, padding: "valid" }),
  },
  {
    mistake: "padding ignored",
    remedy: padRemedy,
    keepsSize: true,
    change: (right) => ({ ...right, top: 0, left: 0 }),
  },
  {
    mistake: "padding computed without the stride",
    remedy: padRemedy,
    keepsSize: true,
    change: (right, shape, window, options) => {
      const { top, left } = gridOf(shape, window, { ...options, strides: 1 });
      return { ...right, top, left };
    },
  },
  {
    mistake: "output size without + 1",
    remedy:
      "a window that fits exactly has one place, not none: floor((length - span) / stride) + 1",
    keepsSize: false,
    change: (right) => ({
      ...right,
      outHeight: right.outHeight - 1,
      outWidth: right.outWidth - 1,
    }),
  },
];
