import { checkList } from "../base/arguments.ts";
import { checkSet, type ImageSet } from "../data/image_set.ts";
import { imageShape, shiftImages } from "../data/transforms.ts";
import { settle, shown } from "../base/options.ts";
import { measure } from "./evaluate.ts";
import { checkTrainer, type Trainer } from "./trainer.ts";

/** Accuracy on images moved by `shift` pixels. */
export interface ShiftAccuracy {
  /** Pixels. */
  readonly shift: number;
  /** Mean over the four directions; each of them follows. */
  readonly accuracy: number;
  readonly left: number;
  readonly right: number;
  readonly up: number;
  readonly down: number;
}

/**
 * Accuracy against how far the images are moved: left, right, up and down.
 *
 * @param trainer Anything with logits().
 * @param set Images and labels.
 * @param shifts Pixels, such as [0, 1, 2, 4, 8].
 * @param options `onProgress` is called, and awaited, after each shift.
 * @returns One row a shift.
 * @throws {TypeError} No trainer, or no set; an unknown option.
 * @throws {RangeError} A shift that is no whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { buildNetwork, lenet, loadMnist, scratchTrainer, shiftCurve } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const trainer = scratchTrainer(buildNetwork(lenet(), { seed: 1 }), {
 *   optimizer: "adam",
 *   learningRate: 0.001,
 * });
 * const digits = await loadMnist({ split: "test", limit: 10 });
 * const rows = await shiftCurve(trainer, digits, [0, 2]);
 * assertEquals(rows.map((row) => row.shift), [0, 2]);
 * ```
 */
export async function shiftCurve(
  trainer: Pick<Trainer, "logits">,
  set: ImageSet,
  shifts: readonly number[],
  options: { onProgress?: (done: number) => void | Promise<void> } = {},
): Promise<ShiftAccuracy[]> {
  const { onProgress } = settle("shiftCurve", options, {
    onProgress: undefined,
  });
  checkTrainer("shiftCurve", trainer, "logits");
  checkSet("shiftCurve", set);
  imageShape(set.images, "shiftCurve");
  checkList("shiftCurve", "shifts", shifts);
  const wrong = Array.from(shifts).findIndex((shift) =>
    !(Number.isInteger(shift) && shift >= 0)
  );
  if (wrong !== -1) {
    throw new RangeError(
      `shiftCurve() expects whole numbers of pixels of 0 or more but found ${
        shown(shifts[wrong])
      }: every shift is measured in all four directions`,
    );
  }
  const moved = async (dx: number, dy: number) => {
    const images = shiftImages(set.images, dx, dy);
    return (await measure("shiftCurve", trainer, { ...set, images })).accuracy;
  };
  const rows: ShiftAccuracy[] = [];
  for (const shift of shifts) {
    const right = await moved(shift, 0);
    // without a move, the four directions are one
    const left = shift === 0 ? right : await moved(-shift, 0);
    const down = shift === 0 ? right : await moved(0, shift);
    const up = shift === 0 ? right : await moved(0, -shift);
    const accuracy = (left + right + up + down) / 4;
    rows.push({ shift, accuracy, left, right, up, down });
    await onProgress?.(rows.length);
  }
  return rows;
}
