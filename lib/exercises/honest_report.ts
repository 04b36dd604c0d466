import type { Random } from "../base/random.ts";
import { type Check, check } from "./check.ts";

/** Accuracies of one training: of a recipe, with a seed. */
export interface SweepRun {
  recipe: string;
  seed: number;
  train: number;
  validation: number;
  test: number;
}

/** A student's report: the one accuracy that may be published. */
export type HonestReportSolution = (
  runs: SweepRun[],
) => number | Promise<number>;

type Part = "train" | "validation" | "test";

const average = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The largest value, the mean, or the smallest of a recipe's seeds. */
type Pool = (values: readonly number[]) => number;
const largest: Pool = (values) => Math.max(...values);

/** Chooses a recipe by one part of the pictures, and reports another. */
function report(
  runs: readonly SweepRun[],
  chooseBy: Part,
  reported: Part,
  choose: Pool = average,
  pool: Pool = average,
): number {
  const recipes = [...new Set(runs.map(({ recipe }) => recipe))];
  const of = (recipe: string, part: Part) =>
    runs.filter((run) => run.recipe === recipe).map((run) => run[part]);
  const scores = recipes.map((recipe) => choose(of(recipe, chooseBy)));
  return pool(of(recipes[scores.indexOf(Math.max(...scores))], reported));
}

/** Runs in which each way to choose finds another recipe. */
function draw(stream: Random): [SweepRun[]][] {
  return [[4, 1], [4, 2], [5, 3], [5, 4]].map(([recipes, seeds], i) => {
    const best = { validation: i % recipes, test: (i + 1) % recipes };
    const learned = (i + 2) % recipes, lucky = (i + 3) % recipes;
    const near = () => (stream.integer(40) - 20) / 1000;
    const runs = Array.from({ length: recipes * seeds }, (_, k): SweepRun => {
      const at = k % recipes, seed = 1 + Math.floor(k / recipes);
      // one seed of another recipe shines on the validation pictures
      const luck = at === lucky && seed === 1 && seeds > 1;
      return {
        recipe: `recipe ${"ABCDE"[at]}`,
        seed,
        train: (at === learned ? 0.99 : 0.95) + near() / 4,
        validation: luck ? 0.94 : (at === best.validation ? 0.9 : 0.8) + near(),
        test: (at === best.test ? 0.88 : 0.84) + near(),
      };
    });
    return [runs];
  });
}

/**
 * Checks a student's report of an experiment: (runs) => the mean test accuracy
 * of the recipe whose mean validation accuracy is the highest.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkHonestReport } from "cnn";
 *
 * const mean = (values: number[]) =>
 *   values.reduce((sum, value) => sum + value) / values.length;
 * await checkHonestReport((runs) => {
 *   const of = (name: string) => runs.filter(({ recipe }) => recipe === name);
 *   const score = ({ recipe }: { recipe: string }) =>
 *     mean(of(recipe).map(({ validation }) => validation));
 *   const best = runs.reduce((a, b) => score(b) > score(a) ? b : a);
 *   return mean(of(best.recipe).map(({ test }) => test));
 * }, { exercise: "A.6" });
 * ```
 */
export const checkHonestReport: Check<HonestReportSolution> = check({
  check: "checkHonestReport",
  name: "honestReport",
  names: ["runs"],
  cases: ({ stream }) => draw(stream),
  expected: (runs) => report(runs, "validation", "test"),
  tolerance: 1e-9,
  mistakes: [{
    "chosen on the test set": [
      "choose by the validation accuracy: whoever chooses on the test set has tuned on it",
      (runs) => report(runs, "test", "test"),
    ],
    "the best test run": [
      "choose by the validation accuracy, and report the mean over the seeds",
      (runs) => Math.max(...runs.map(({ test }) => test)),
    ],
    "chosen on the training set": [
      "the training accuracy rewards learning by heart: choose by the validation accuracy",
      (runs) => report(runs, "train", "test"),
    ],
    "validation accuracy reported": [
      "the validation accuracy of the winner was chosen for being high: report the test accuracy",
      (runs) => report(runs, "validation", "validation"),
    ],
    "training accuracy reported": [
      "report the accuracy on pictures that no choice has seen: the test accuracy",
      (runs) => report(runs, "validation", "train"),
    ],
    "chosen by one lucky seed": [
      "compare the recipes by their mean over the seeds",
      (runs) => report(runs, "validation", "test", largest),
    ],
    "the best seed reported": [
      "report the mean over the recipe's seeds, not its best one",
      (runs) => report(runs, "validation", "test", average, largest),
    ],
    "mean over all recipes": [
      "report the chosen recipe alone",
      (runs) => average(runs.map(({ test }) => test)),
    ],
  }],
});
