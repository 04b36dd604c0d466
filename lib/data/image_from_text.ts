import { checkTexts } from "../base/arguments.ts";
import { type Tensor, tensor } from "../base/tensor.ts";
import { resizeImages } from "./resize.ts";

/** The side of a digit of MNIST. */
const SIDE = 28;

/**
 * A picture drawn as text, in the size of a digit of MNIST.
 *
 * `#` is ink, any other sign is paper; short rows are filled up with paper.
 *
 * @param rows One text a row of the drawing, at least one sign in one of them.
 * @returns [1, 28, 28, 1] from 0 (paper) to 1 (ink).
 * @throws {TypeError} Not a list of texts.
 * @throws {RangeError} No sign at all.
 *
 * @example
 * ```ts
 * import { at, imageFromText } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const half = imageFromText(["#.", "#."]);
 * assertEquals(half.shape, [1, 28, 28, 1]);
 * assertEquals([at(half, 0, 9, 0, 0), at(half, 0, 9, 27, 0)], [1, 0]);
 * ```
 */
export function imageFromText(rows: readonly string[]): Tensor {
  checkTexts("imageFromText", "rows", rows);
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) {
    throw new RangeError(
      'imageFromText() expects a drawing but found no sign: pass rows such as ["..##..", "...#.."]',
    );
  }
  const ink = rows.flatMap((row) =>
    Array.from({ length: width }, (_, x) => row[x] === "#" ? 1 : 0)
  );
  const drawing = tensor(ink, [1, rows.length, width, 1]);
  return resizeImages(drawing, SIDE, SIDE);
}
