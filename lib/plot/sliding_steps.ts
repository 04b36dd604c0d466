/** The arithmetic of a sliding window, place by place, as it is shown. */
import {
  conv2dNaive,
  type Conv2dOptions,
  paddingAmounts,
} from "../layers/mod.ts";
import { checkOptions } from "../options.ts";
import { reshape, shapeText, type Tensor } from "../tensor.ts";
import { fixedNumbers } from "./cell_texts.ts";
import { checkPlane, rowsOf } from "./matrix.ts";

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

/** Most rows and columns of an input that is still readable. */
const most = 12;

/**
 * Every place of a kernel over an input, with its products and their sum.
 *
 * @param x Input [H, W], at most 12 by 12.
 * @param kernel Window [KH, KW].
 * @throws {TypeError} Another number of axes, or NaN.
 * @throws {RangeError} An input too large to read.
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
  check(x, kernel);
  const known = ["strides", "padding", "dilations", "title"];
  checkOptions("slidingWindow", options, known);
  const { strides = 1, padding = "valid", dilations = 1 } = options;
  const [sh, sw] = pair(strides);
  const [dh, dw] = pair(dilations);
  const [h, w] = x.shape;
  const [kh, kw] = kernel.shape;
  const y = conv2dNaive(
    reshape(x, [1, h, w, 1]),
    reshape(kernel, [kh, kw, 1, 1]),
    { strides, padding, dilations },
  );
  const [, oh, ow] = y.shape;
  const rows = paddingAmounts(h, {
    size: kh,
    stride: sh,
    padding,
    dilation: dh,
  });
  const columns = paddingAmounts(w, {
    size: kw,
    stride: sw,
    padding,
    dilation: dw,
  });
  const padded = Array.from(
    { length: rows.before + h + rows.after },
    (_, i) =>
      Array.from({ length: columns.before + w + columns.after }, (_, j) => {
        const [a, b] = [i - rows.before, j - columns.before];
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
      row * sh + i * dh,
      column * sw + j * dw,
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
    top: rows.before,
    left: columns.before,
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

function pair(value: number | readonly [number, number]): [number, number] {
  return typeof value === "number" ? [value, value] : [value[0], value[1]];
}

function check(x: Tensor, kernel: Tensor): void {
  for (
    const [name, value] of [["an input", x], ["a kernel", kernel]] as const
  ) {
    checkPlane(value, name, "slidingWindow");
  }
  if (Math.max(...x.shape) > most) {
    throw new RangeError(
      `slidingWindow() expects an input of at most ${most} x ${most} but found ${
        shapeText(x.shape)
      }: take a patch, so that the numbers stay readable`,
    );
  }
}
