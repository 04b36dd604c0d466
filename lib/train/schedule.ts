/** Learning rates that change while a network trains. */
import { checkList } from "../base/arguments.ts";
import { settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";

/**
 * The factor on the trainer's learning rate when the share `done` of the
 * training, from 0 to 1, is over.
 */
export type Schedule = (done: number) => number;

/**
 * Falls along half a cosine from 1 to `end`: Loshchilov and Hutter, 2017.
 *
 * @param options `warmup`: share of the training in which the factor first rises
 * from 0 in a straight line; 0 unless told. `end`: last factor, 0 unless told.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { cosineSchedule } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const factor = cosineSchedule();
 * assertEquals([factor(0), factor(0.5), factor(1)], [1, 0.5, 0]);
 * ```
 */
export function cosineSchedule(
  options: { warmup?: number; end?: number } = {},
): Schedule {
  const { warmup, end } = settle("cosineSchedule", options, {
    warmup: 0,
    end: 0,
  });
  checkRange("cosineSchedule", "a warmup", warmup, {
    from: 0,
    below: 1,
    remedy: "it is a share of the whole training, such as 0.1",
  });
  checkRange("cosineSchedule", "an end", end, {
    from: 0,
    to: 1,
    remedy: "it is a share of the first learning rate",
  });
  return (done) => {
    // the first step moves too, so the rise starts a little above 0
    if (done < warmup) return Math.max(done / warmup, 0.01);
    const t = (done - warmup) / (1 - warmup);
    const fall = (1 - Math.cos(Math.PI * t)) / 2;
    // exact at both ends and in the middle
    return 1 - (1 - end) * Number(fall.toPrecision(12));
  };
}

/**
 * Multiplies by `factor` at each of the given shares of the training.
 *
 * @param options `at`: rising shares, [0.5, 0.75] unless told; `factor`: 0.1 unless told.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { stepSchedule } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const factor = stepSchedule({ at: [0.5], factor: 0.1 });
 * assertEquals([factor(0.49), factor(0.5)], [1, 0.1]);
 * ```
 */
export function stepSchedule(
  options: { at?: readonly number[]; factor?: number } = {},
): Schedule {
  const settled = settle("stepSchedule", options, {
    at: [0.5, 0.75],
    factor: 0.1,
  });
  checkList("stepSchedule", "shares", settled.at);
  const at = Array.from(settled.at), { factor } = settled;
  const rising = at.every((share, i) =>
    Number.isFinite(share) && share > 0 && share < 1 &&
    (i === 0 || share > at[i - 1])
  );
  if (!rising) {
    throw new RangeError(
      `stepSchedule() expects rising shares between 0 and 1 but found ${
        shown(at)
      }: write when the rate falls, such as [0.5, 0.75]`,
    );
  }
  checkRange("stepSchedule", "a factor", factor, {
    above: 0,
    to: 1,
    remedy: "0.1 is usual",
  });
  return (done) => factor ** at.filter((share) => done >= share).length;
}
