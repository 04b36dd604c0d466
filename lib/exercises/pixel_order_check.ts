import { percent } from "../plot/percent.ts";
import {
  checkExercise,
  type CheckOptions,
  settleCheck,
} from "./check_error.ts";
import { checkConditions } from "./conditions.ts";
import { pixelOrderConditions } from "./pixel_order.ts";
import { pixelOrderLoss } from "./pixel_order_loss.ts";
import { checkFunction } from "./written.ts";

const fn = "checkPixelOrder";
/** The accuracy that an order may cost. */
const MOST = 0.03;

/**
 * Checks a student's order of the pixels: () => the numbers 0 to 783, each once.
 * A third of the pixels must move by ten rows or columns or more, and the order
 * may cost a small CNN three points of accuracy: see pixelOrderLoss().
 *
 * @throws {CheckError} No such order, or one that the CNN minds.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { CheckError, checkPixelOrder } from "cnn";
 *
 * const same = () => Array.from({ length: 784 }, (_, i) => i);
 * const check = () => checkPixelOrder(same, { exercise: "1.5" });
 * await assertRejects(check, CheckError, "too few pixels move far");
 * ```
 */
export async function checkPixelOrder(
  order: () => ArrayLike<number> | Promise<ArrayLike<number>>,
  options: CheckOptions,
): Promise<void> {
  const { exercise } = settleCheck(fn, options);
  checkExercise(fn, exercise);
  checkFunction(exercise, order);
  // A copy: it must not change between two readings.
  const chosen = Array.from(await order() ?? [], Number);
  const rule = { width: 28, far: 10, share: 1 / 3 };
  await checkConditions(pixelOrderConditions(chosen, rule), {
    exercise: `${exercise}, the order`,
  });
  const lost = await pixelOrderLoss(chosen);
  await checkConditions([{
    holds: lost <= MOST,
    mistake: "the CNN minds this order",
    details: `expected a loss of at most ${percent(MOST)} but found ${
      percent(lost)
    }: keep pixels that touch each other together`,
  }], { exercise });
}
