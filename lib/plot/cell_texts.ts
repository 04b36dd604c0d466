/** Numbers printed into coloured cells, dark on light and white on dark. */
import type { Data } from "plotly.js";
import { checkDigits, checkList } from "../base/arguments.ts";
import { shown } from "../base/options.ts";
import { colourAt, type ColourScale, inkOn } from "./colours.ts";
import type { Range } from "./matrix.ts";

/** What stands in a cell: a text, its place, and the value behind its colour. */
export interface CellText {
  x: number;
  y: number;
  text: string;
  value: number;
}

/** Ink that reads well on the colour of `value`. */
export function cellInk(
  value: number,
  [low, high]: Range,
  scale: ColourScale,
): string {
  return inkOn(colourAt(scale, (value - low) / (high - low)));
}

/** What stands in the cells of a matrix whose first cell is centred at x, y. */
export function cellsAt(
  texts: readonly (readonly string[])[],
  values: readonly (readonly number[])[],
  x: number,
  y: number,
): CellText[] {
  return texts.flatMap((row, i) =>
    row.map((text, j) => ({ x: x + j, y: y + i, text, value: values[i][j] }))
  );
}

/** A trace of texts, each in the ink that its cell needs. */
export function cellTexts(
  texts: readonly CellText[],
  range: Range,
  scale: ColourScale,
  fontSize: number,
): Data {
  return {
    type: "scatter",
    mode: "text",
    x: texts.map((t) => t.x),
    y: texts.map((t) => t.y),
    text: texts.map((t) => t.text),
    textposition: "middle center",
    textfont: {
      size: fontSize,
      color: texts.map((t) => cellInk(t.value, range, scale)),
    },
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** The numbers of a picture with as many decimals as they need, `digits` at most. */
export function fixedNumbers(values: ArrayLike<number>, digits = 2): string[] {
  checkDigits("fixedNumbers", digits);
  checkList("fixedNumbers", "numbers as values", values);
  let needed = 0;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") {
      throw new TypeError(
        `fixedNumbers() expects numbers but found ${
          shown(values[i])
        } at place ${i}: convert it with Number() first`,
      );
    }
    while (
      needed < digits &&
      Math.abs(values[i] - Number(values[i].toFixed(needed))) >
        1e-6 * Math.max(1, Math.abs(values[i]))
    ) needed++;
  }
  return Array.from(values, (value) => {
    const text = value.toFixed(needed);
    return Number(text) === 0 ? (0).toFixed(needed) : text.replace("-", "−");
  });
}

/** The same for the rows of a matrix. */
export function fixedRows(
  rows: readonly (readonly number[])[],
  digits?: number,
): string[][] {
  const flat = fixedNumbers(rows.flat(), digits);
  let next = 0;
  return rows.map((row) => row.map(() => flat[next++]));
}
