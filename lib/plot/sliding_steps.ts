/** The arithmetic of a sliding window, place by place, as it is shown. */
import { conv2dSizes } from "../layers/conv2d.ts";
import { conv2dNaive, type Conv2dOptions } from "../layers/mod.ts";
import { checkGiven, checkText } from "../base/arguments.ts";
import { settle } from "../base/options.ts";
import { reshape, type Tensor } from "../base/tensor.ts";
import { fixedRows } from "./cell_texts.ts";
import { checkPatch, checkPlane, rowsOf } from "./matrix.ts";

/** More cells than this nobody reads. */
const MOST_CELLS = 10_000;

/** Strides, padding and dilations of the window, as conv2d takes them. */
export type SlidingOptions =
  & Pick<Conv2dOptions, "strides" | "padding" | "dilations">
  & { title?: string };

/** One place of the window. */
export interface SlidingStep {
  /** The output cell that it fills. */
  row: number;
  column: number;
  /** The padded input cells under the kernel, row by row: [row, column]. */
  cells: [number, number][];
  /** Input times kernel, row by row. */
  products: number[][];
  sum: number;
  /** Its arithmetic, a line for each row of the kernel: "0 · 0 + 1 · 1". */
  lines: string[];
}

/** All places of a window over an input. */
export interface Sliding {
  /** The input with its padding around. */
  padded: number[][];
  /** Rows and columns of padding above and left of the input. */
  top: number;
  left: number;
  kernel: number[][];
  output: number[][];
  steps: SlidingStep[];
}

/**
 * Every place of a kernel over an input, with its products and their sum.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param kernel Window [KH, KW].
 * @throws {TypeError} Another number of axes, or NaN.
 * @throws {RangeError} An input too large to read, or a window that does not fit.
 *
 * @example
 * ```ts
 * import { slidingSteps, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
 * const { steps } = slidingSteps(x, tensor([[0, 1], [2, 3]]));
 * assertEquals(steps[0].lines, ["0 · 0 + 1 · 1", "3 · 2 + 4 · 3"]);
 * assertEquals(steps[0].sum, 19);
 * ```
 */
export function slidingSteps(
  x: Tensor,
  kernel: Tensor,
  options: SlidingOptions = {},
): Sliding {
  return stepsOf("slidingSteps", x, kernel, options);
}

/** The same for `fn`, whose name the messages bear. */
export function stepsOf(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  options: SlidingOptions,
): Sliding {
  checkPatch(fn, x);
  checkPlane(fn, "a kernel", kernel);
  const { title, ...window } = settle(fn, options, {
    strides: 1,
    padding: "valid",
    dilations: 1,
    title: undefined,
  });
  checkGiven(checkText, fn, { title });
  const [h, w] = x.shape;
  const image = reshape(x, [1, h, w, 1]);
  const weight = reshape(kernel, [...kernel.shape, 1, 1]);
  const sizes = conv2dSizes(fn, image.shape, weight.shape, window);
  const { top, left, outH, outW } = sizes;
  const high = top + h + sizes.bottom;
  const wide = left + w + sizes.right;
  if (high * wide > MOST_CELLS) {
    throw new RangeError(
      `${fn}() expects at most ${MOST_CELLS} cells, padding among them, but found ${
        high * wide
      }: use a smaller input or smaller dilations`,
    );
  }
  const y = conv2dNaive(image, weight, window);
  const padded = Array.from({ length: high }, () => Array(wide).fill(0));
  rowsOf(x).forEach((row, i) => padded[top + i].splice(left, w, ...row));
  const weights = rowsOf(kernel);
  const xText = fixedRows(padded);
  const kText = fixedRows(weights);
  const steps = Array.from({ length: outH * outW }, (_, n) => {
    const [row, column] = [Math.floor(n / outW), n % outW];
    /** What `of` gives for each weight and the padded cell below it. */
    const each = <T>(of: (a: number, b: number, i: number, j: number) => T) =>
      weights.map((line, i) =>
        line.map((_, j) =>
          of(
            row * sizes.strideH + i * sizes.dilationH,
            column * sizes.strideW + j * sizes.dilationW,
            i,
            j,
          )
        )
      );
    return {
      row,
      column,
      cells: each((a, b): [number, number] => [a, b]).flat(),
      products: each((a, b, i, j) => padded[a][b] * weights[i][j]),
      sum: y.data[n],
      lines: each((a, b, i, j) => `${xText[a][b]} · ${bracketed(kText[i][j])}`)
        .map((terms) => terms.join(" + ")),
    };
  });
  const output = rowsOf({ shape: [outH, outW], data: y.data });
  return { padded, top, left, kernel: weights, output, steps };
}

/** A negative factor in brackets, as in 2 · (−1). */
function bracketed(text: string): string {
  return text.startsWith("−") ? `(${text})` : text;
}
