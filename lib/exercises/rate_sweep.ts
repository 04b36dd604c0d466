import type { ImageSet } from "../data/image_set.ts";
import {
  CheckError,
  checkExercise,
  type CheckOptions,
  settleCheck,
} from "./check_error.ts";
import { checkConditions } from "./conditions.ts";
import { rateSweepAnswer } from "./rate_sweep_answer.ts";
import { rateSweepDigits } from "./rate_sweep_digits.ts";
import { checkFunction, resultOf } from "./written.ts";

/** What a student's sweep returns. */
export interface RateSweep {
  /** Validation accuracy of each rate, in the order of the rates. */
  accuracies: number[];
  /** The rate to take. */
  best: number;
}

/** A student's sweep over learning rates. */
export type RateSweepSolution = (
  rates: number[],
  train: ImageSet,
  validation: ImageSet,
) => RateSweep | Promise<RateSweep>;

const fn = "checkRateSweep";

const near = (found: readonly number[], wanted: readonly number[]) =>
  found.every((value, i) => Math.abs(value - wanted[i]) < 1e-6);

/** The rate with the largest value. */
const rateOf = (rates: readonly number[], values: readonly number[]) =>
  rates[values.indexOf(Math.max(...values))];

/**
 * Checks a student's sweep over learning rates: (rates, train, validation) =>
 * { accuracies, best }. Each rate trains a new `mlp({ hidden: [32] })` of seed 1
 * from scratch, with sgd, for 3 epochs with batches of 25 and seed 1.
 *
 * Runs the sweep itself, on 300 digits to learn from and 300 to choose by.
 *
 * @throws {CheckError} The sweep goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { CheckError, checkRateSweep } from "cnn";
 *
 * const guess = (rates: number[]) => ({ accuracies: [0.5], best: rates[0] });
 * const check = () => checkRateSweep(guess, { exercise: "A.5" });
 * await assertRejects(check, CheckError, "not one accuracy a rate");
 * ```
 */
export async function checkRateSweep(
  sweepOf: RateSweepSolution,
  options: CheckOptions,
): Promise<void> {
  const { exercise, seed } = settleCheck(fn, options);
  checkExercise(fn, exercise);
  checkFunction(exercise, sweepOf, "a function mySweep");
  const right = await rateSweepAnswer(seed);
  const sets = await rateSweepDigits(right.seed);
  const rates = [...right.rates];
  const answer = await answerOf(sweepOf, rates, sets, exercise);
  const { accuracies, best } = answer;
  const text = (values: readonly number[]) =>
    values.map((v) => Number(v).toFixed(3)).join(", ");
  const against = `for the rates ${rates.join(", ")}: expected ${
    text(right.validation)
  }, found ${text(accuracies)}`;
  const wanted = rateOf(rates, right.validation);
  const chosen = `expected ${wanted}, found ${best}`;
  await checkConditions([
    {
      holds: !near(accuracies, right.train),
      mistake: "measured on the training pictures",
      details: `${against}: evaluate on the validation pictures`,
    },
    {
      holds: !near(accuracies, right.one),
      mistake: "one network for all rates",
      details: `${against}: build a new network for each rate`,
    },
    {
      holds: near(accuracies, right.validation),
      mistake: "wrong accuracies",
      details:
        `${against}: compare the seeds, the epochs, the batch size and the optimizer with the text`,
    },
    {
      holds: best === wanted || best !== rates.indexOf(wanted),
      mistake: "the place instead of the rate",
      details: `${chosen}: return rates[place]`,
    },
    {
      holds: best === wanted || !right.validation.includes(best),
      mistake: "the accuracy instead of the rate",
      details: `${chosen}: return the rate that reached it`,
    },
    {
      holds: best === wanted,
      mistake: "not the best rate",
      details: `${chosen}: take the rate with the highest validation accuracy`,
    },
  ], { exercise });
}

/** What the student's sweep returns, once it has the right form. */
async function answerOf(
  sweepOf: RateSweepSolution,
  rates: readonly number[],
  { train, validation }: { train: ImageSet; validation: ImageSet },
  exercise: string,
): Promise<RateSweep> {
  const answer = await resultOf(
    exercise,
    () => sweepOf([...rates], train, validation),
    { call: "mySweep", remedy: "make it return for four rates and 300 digits" },
  );
  const { accuracies, best } = answer ?? {};
  if (!Array.isArray(accuracies) || accuracies.length !== rates.length) {
    throw new CheckError(
      exercise,
      "not one accuracy a rate",
      `expected a list of ${rates.length} as accuracies, found ${
        Array.isArray(accuracies) ? accuracies.length : typeof accuracies
      }: push one for each rate, in their order`,
    );
  }
  return { accuracies, best: best as number };
}
