/** The arithmetic of a sliding window, place by place, as it is shown. */
import { conv2dSizes } from "../layers/conv2d_sizes.ts";
import { conv2dNaive, type Conv2dOptions } from "../layers/mod.ts";
import { settle } from "../base/options.ts";
import { reshape, type Tensor } from "../base/tensor.ts";
import { checkText } from "../base/arguments.ts";
import { fixedNumbers } from "./cell_texts.ts";
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
  checkPatch(fn, "input", x);
  checkPlane(kernel, "kernel", fn);
  const { title, ...window } = settle(fn, options, {
    strides: 1,
    padding: "valid",
    dilations: 1,
    title: undefined,
  });
  if (title !== undefined) checkText(fn, "title", title);
  const [h, w] = x.shape;
  const [kh, kw] = kernel.shape;
  const image = reshape(x, [1, h, w, 1]);
  const weight = reshape(kernel, [kh, kw, 1, 1]);
  const sizes = conv2dSizes(fn, image.shape, weight.shape, window);
  const cells = (sizes.top + h + sizes.bottom) *
    (sizes.left + w + sizes.right);
  if (cells > MOST_CELLS) {
    throw new RangeError(
      `${fn}() expects at most ${MOST_CELLS} cells, padding among them, but found ${cells}: use a smaller input or smaller dilations`,
    );
  }
  const y = conv2dNaive(image, weight, window);
  const [oh, ow] = [sizes.outH, sizes.outW];
  const padded = Array.from(
    { length: sizes.top + h + sizes.bottom },
    (_, i) =>
      Array.from({ length: sizes.left + w + sizes.right }, (_, j) => {
        const [a, b] = [i - sizes.top, j - sizes.left];
        return a >= 0 && a < h && b >= 0 && b < w ? x.data[a * w + b] : 0;
      }),
  );
  const weights = rowsOf(kernel);
  const xText = texts(padded);
  const kText = texts(weights);
  const steps = Array.from({ length: oh * ow }, (_, n) => {
    const row = Math.floor(n / ow);
    const column = n % ow;
    const at = (i: number, j: number): [number, number] => [
      row * sizes.strideH + i * sizes.dilationH,
      column * sizes.strideW + j * sizes.dilationW,
    ];
    const product = (i: number, j: number) => {
      const [a, b] = at(i, j);
      return padded[a][b] * weights[i][j];
    };
    return {
      row,
      column,
      cells: weights.flatMap((line, i) => line.map((_, j) => at(i, j))),
      products: weights.map((line, i) => line.map((_, j) => product(i, j))),
      sum: y.data[n],
      lines: weights.map((line, i) =>
        line.map((_, j) => {
          const [a, b] = at(i, j);
          return `${xText[a][b]} · ${bracketed(kText[i][j])}`;
        }).join(" + ")
      ),
    };
  });
  return {
    padded,
    top: sizes.top,
    left: sizes.left,
    kernel: weights,
    output: rowsOf(reshape(y, [oh, ow])),
    steps,
  };
}

/** Numbers of a matrix as texts, all with as many decimals as they need. */
export function texts(values: readonly (readonly number[])[]): string[][] {
  const flat = fixedNumbers(values.flat());
  let next = 0;
  return values.map((row) => row.map(() => flat[next++]));
}

/** A negative factor in brackets, as in 2 · (−1). */
function bracketed(text: string): string {
  return text.startsWith("−") ? `(${text})` : text;
}
