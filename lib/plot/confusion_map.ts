import { settle } from "../base/options.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { checkNumbers, checkText, checkTexts } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import type { Figure } from "./figure.ts";
import { heatMap } from "./heat_map.ts";
import { rowsOf } from "./matrix.ts";

/**
 * A confusion matrix as a heat map: what it is down, what the net says across.
 *
 * The colour shows the share of a row, so that rare classes are seen too; the
 * numbers are the counts.
 *
 * @param matrix Counts [classes, classes], as `confusionMatrix` gives them.
 * @param classNames A name for each class.
 * @throws {TypeError} No square matrix, or another number of names.
 *
 * @example
 * ```ts
 * import { confusionMap, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const map = confusionMap(tensor([[9, 1], [0, 10]]), ["cat", "dog"]);
 * assertEquals(map.summary, "Heat map of 2 x 2 values: Confusion matrix");
 * ```
 */
export function confusionMap(
  matrix: Tensor,
  classNames: readonly string[],
  options: { title?: string } = {},
): Figure {
  const { title } = settle<{ title?: string }, { title: string }>(
    "confusionMap",
    options,
    { title: "Confusion matrix" },
  );
  checkText("confusionMap", "title", title);
  checkTensor("confusionMap", "matrix", matrix);
  checkTexts("confusionMap", "classNames", classNames);
  const [rows, columns] = matrix.shape;
  if (matrix.shape.length !== 2 || rows !== columns) {
    throw new TypeError(
      `confusionMap() expects counts [classes, classes] but found ${
        shapeText(matrix.shape)
      }: make them with confusionMatrix()`,
    );
  }
  if (classNames.length !== rows) {
    throw new TypeError(
      `confusionMap() expects ${rows} classNames but found ${classNames.length}: name every class`,
    );
  }
  checkNumbers(matrix, "confusionMap");
  const sums = rowsOf(matrix).map((row) => row.reduce((sum, v) => sum + v, 0));
  return heatMap(matrix, {
    title,
    digits: 0,
    columnNames: classNames,
    rowNames: classNames,
    xTitle: "the net says",
    yTitle: "it is",
    shades: matrix.data.map((v, i) => v / (sums[Math.floor(i / columns)] || 1)),
    range: [0, 1],
  });
}
