import { argMax } from "../base/reduce.ts";
import { dataFolder } from "../data/files.ts";
import { imageFromText } from "../data/image_from_text.ts";
import { loadWeights } from "../data/weights.ts";
import { softmax } from "../layers/mod.ts";
import { buildNetwork } from "../networks/build_network.ts";
import { lenet } from "../networks/zoo/lenet.ts";
import { imageGrid, percent } from "../plot/mod.ts";
import { show } from "../notebook/show.ts";
import {
  CheckError,
  checkExercise,
  type CheckOptions,
  settleCheck,
} from "./check_error.ts";
import { checkConditions } from "./conditions.ts";
import { checkFunction } from "./written.ts";

/** A student's drawing, and the digit that was meant. */
export interface DrawnDigit {
  /** `#` is ink, any other sign is paper. */
  rows: string[];
  digit: number;
}

const fn = "checkDrawnDigit";
/** Rows and columns that a drawing has at least. */
const LEAST = 10;
/** How sure the network must be. */
const SURE = 0.8;

/** An answer that is a drawing; anything else is a mistake. */
function drawingOf(answer: unknown, exercise: string): DrawnDigit {
  const { rows, digit } = (answer ?? {}) as Partial<DrawnDigit>;
  const isDigit = Number.isInteger(digit) && digit! >= 0 && digit! <= 9;
  if (isDigit && Array.isArray(rows)) {
    // Strings alone: text of another kind could change between two readings.
    const texts = Array.from(rows, (row) => typeof row === "string" ? row : "");
    return { rows: texts, digit: digit! };
  }
  throw new CheckError(
    exercise,
    "no drawing with its digit",
    "expected { rows, digit } with a list of texts and a whole number from 0 to 9: return both",
  );
}

/**
 * Checks a student's drawing: () => { rows, digit }. The shipped LeNet must take
 * it for that digit, with a probability of 0.8 or more. Shows the picture.
 *
 * @throws {CheckError} No drawing of 10 rows and columns, or LeNet sees another digit.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { checkDrawnDigit, CheckError } from "cnn";
 *
 * const blank = () => ({ rows: Array(10).fill(".........."), digit: 7 });
 * await assertRejects(() => checkDrawnDigit(blank, { exercise: "0.3" }), CheckError);
 * ```
 */
export async function checkDrawnDigit(
  draw: () => DrawnDigit | Promise<DrawnDigit>,
  options: CheckOptions,
): Promise<void> {
  const { exercise } = settleCheck(fn, options);
  checkExercise(fn, exercise);
  checkFunction(exercise, draw);
  const { rows, digit } = drawingOf(await draw(), exercise);
  const width = Math.max(0, ...rows.map((row) => row.length));
  await checkConditions([{
    holds: rows.length >= LEAST && width >= LEAST,
    mistake: "too small a drawing",
    details:
      `expected ${LEAST} rows and columns or more but found ${rows.length} rows of ${width}: draw larger`,
  }], { exercise: `${exercise}, the size` });
  const file = new URL("weights/lenet-mnist.safetensors", dataFolder);
  const judge = buildNetwork(lenet(), { weights: await loadWeights(file) });
  const picture = imageFromText(rows);
  const sure = softmax(judge.forward(picture));
  const seen = argMax(sure);
  const details = `LeNet says ${seen} and gives ${digit} ${
    percent(sure.data[digit])
  }: draw a thicker stroke with an empty border around it`;
  await show(imageGrid(picture, { title: details.split(":")[0], zoom: 6 }));
  await checkConditions([
    { holds: seen === digit, mistake: "another digit", details },
    { holds: sure.data[digit] >= SURE, mistake: "not sure enough", details },
  ], { exercise });
}
