import { random } from "../base/random.ts";
import { formatNumber } from "../base/numbers.ts";
import { shown } from "../base/options.ts";
import { meanInterval } from "../measure/intervals.ts";
import { outcomeOf } from "../notebook/experiment.ts";
import { show } from "../notebook/show.ts";
import {
  CheckError,
  checkExercise,
  type CheckOptions,
  settleCheck,
} from "./check_error.ts";
import { checkFunction, resultOf } from "./written.ts";

/** A student's plan of an experiment, as experiment() takes it. */
export interface OwnClaim {
  /** What is claimed, in one sentence. */
  statement: string;
  /** What is measured and compared, with its unit. */
  compares: string;
  /** What it is compared with. */
  baseline: string;
  /** How many runs; 3 to 10. */
  seeds: number;
  /** One of three: the whole interval of to - from lies above this, ... */
  above?: number;
  /** ... or below this, ... */
  below?: number;
  /** ... or between minus and plus this. */
  within?: number;
  /** Where the threshold comes from. */
  because: string;
  /** How it comes out; "holds" unless told. */
  expect?: "holds" | "does not hold";
}

/** A student's run: the baseline's figure, and the claim's, of one seed. */
export type OwnRun = (
  seed: number,
) => Pair | Promise<Pair>;

interface Pair {
  from: number;
  to: number;
}

const fn = "checkOwnClaim";

/** Ends of the region in which the whole interval must lie. */
function regionOf(
  { above = -Infinity, below = Infinity, within }: OwnClaim,
): { low: number; high: number } {
  return within === undefined
    ? { low: above, high: below }
    : { low: -within, high: within };
}

/** Throws unless the plan says all that must be known before the run. */
function checkPlan(plan: OwnClaim, exercise: string): void {
  const refuse = (mistake: string, details: string): never => {
    throw new CheckError(exercise, mistake, details);
  };
  if (typeof plan !== "object" || plan === null) {
    refuse(
      "no plan",
      `expected a plan, found ${shown(plan)}: return an object`,
    );
  }
  for (
    const name of ["statement", "compares", "baseline", "because"] as const
  ) {
    const text = plan[name];
    if (typeof text === "string" && /\p{L}+\P{L}+\p{L}+/u.test(text)) continue;
    refuse(
      `no ${name}`,
      `expected some words as ${name}, found ${
        shown(text)
      }: a reader must know it before the run`,
    );
  }
  const { seeds } = plan;
  if (!(Number.isInteger(seeds) && seeds >= 3 && seeds <= 10)) {
    refuse(
      seeds < 3 ? "too few seeds" : "no number of seeds",
      `expected 3 to 10 seeds, found ${
        shown(seeds)
      }: one run tells nothing about the scatter`,
    );
  }
  const bounds = (["above", "below", "within"] as const).filter((name) =>
    plan[name] !== undefined
  );
  const [bound] = bounds;
  if (bounds.length !== 1 || !Number.isFinite(plan[bound])) {
    refuse(
      "not one threshold",
      `expected one number as above, below or within, found ${
        bounds.map((name) => `${name} ${shown(plan[name])}`).join(" and ") ||
        "none"
      }: state one before the run`,
    );
  }
  if (
    outcomeOf(regionOf(plan), { mean: 0, low: 0, high: 0 }) === "holds" &&
    bound !== "within"
  ) {
    refuse(
      "the baseline would meet it too",
      `expected a threshold that no difference at all does not meet, found ${bound} ${
        plan[bound]
      }: the baseline against itself would pass`,
    );
  }
}

/** The figures of one seed, once they are numbers. */
async function figures(
  run: OwnRun,
  seed: number,
  exercise: string,
): Promise<Pair> {
  const pair = await resultOf(exercise, () => run(seed), {
    call: `run(${seed})`,
    stub: "the run",
    remedy: "make it return for any whole number",
  });
  const { from, to } = pair ?? {};
  if (Number.isFinite(from) && Number.isFinite(to)) return { from, to };
  throw new CheckError(
    exercise,
    "no pair of numbers",
    `run(${seed}) expected { from, to } with two numbers, found ${
      shown(pair)
    }: return the baseline's figure as from, the claim's as to`,
  );
}

/** Throws unless the figures could have come out otherwise. */
async function checkFree(
  runs: readonly Pair[],
  plan: OwnClaim,
  run: OwnRun,
  first: number,
  exercise: string,
): Promise<void> {
  const again = await figures(run, first, exercise);
  if (again.from !== runs[0].from || again.to !== runs[0].to) {
    throw new CheckError(
      exercise,
      "not reproducible",
      `run(${first}) expected the same figures twice, found ${
        runs[0].to
      } and ${again.to} as to: draw all that is random from the seed, Math.random() does not know it`,
    );
  }
  const constant = (name: keyof Pair) =>
    runs.every((pair) => pair[name] === runs[0][name]);
  if (constant("to")) {
    throw new CheckError(
      exercise,
      constant("from") ? "the seed is not used" : "a constant is claimed",
      `expected a figure "to" that depends on the seed, found ${
        runs[0].to
      } for each of ${runs.length} seeds: pass the seed to all that draws: data, network, training`,
    );
  }
  const { within } = plan;
  if (within === undefined) return;
  const nothing = meanInterval(runs.map(({ from }) => -from));
  if (outcomeOf(regionOf(plan), nothing) === "holds") {
    throw new CheckError(
      exercise,
      "the margin takes in everything",
      `expected a margin that a figure of 0 in place of "to" does not meet, found within ${within}: choose the largest difference that would not matter`,
    );
  }
}

const REMEDIES = {
  "holds": "say so in the plan",
  "does not hold":
    'believe the measurement: state what was found, or say expect: "does not hold"',
  "too small to tell":
    "take more seeds, more pictures or a larger effect, or a threshold that the effect clears",
};

/**
 * Checks a claim that a student wrote: the plan of an experiment, and its run,
 * (seed) => { from, to }. The check runs it with fresh seeds.
 *
 * The plan must be able to fail, the run must draw all that is random from its
 * seed, and the 95 % interval of to - from must come out as the plan says.
 *
 * @param plan statement, compares, baseline, seeds, one threshold, because.
 * @param run Gives the baseline's figure and the claim's for one seed.
 * @param options `exercise`; `seed` decides the fresh seeds.
 * @throws {CheckError} The plan leaves something out or cannot fail; the run
 * does not use its seed; another outcome.
 *
 * @example
 * ```ts
 * import { checkOwnClaim, mean, randomNormal } from "cnn";
 *
 * await checkOwnClaim({
 *   statement: "Shifting normal numbers by 1 moves their mean by more than a half",
 *   compares: "mean of 100 numbers: shifted minus not shifted",
 *   baseline: "100 other numbers, not shifted",
 *   seeds: 5,
 *   above: 0.5,
 *   because: "the mean of 100 numbers has a standard error of 0.1",
 * }, (seed) => ({
 *   from: mean(randomNormal([100], 2 * seed)),
 *   to: mean(randomNormal([100], 2 * seed + 1)) + 1,
 * }), { exercise: "A.8" });
 * ```
 */
export async function checkOwnClaim(
  plan: OwnClaim,
  run: OwnRun,
  options: CheckOptions,
): Promise<void> {
  const { exercise, seed } = settleCheck(fn, options);
  checkExercise(fn, exercise);
  checkPlan(plan, exercise);
  checkFunction(exercise, run, "a function of the seed", shown(run));
  const stream = random(seed);
  const fresh = new Set<number>();
  while (fresh.size < plan.seeds) fresh.add(1000 + stream.integer(1_000_000));
  const runs: Pair[] = [];
  for (const one of fresh) runs.push(await figures(run, one, exercise));
  await checkFree(runs, plan, run, [...fresh][0], exercise);
  const { mean, low, high } = meanInterval(
    runs.map(({ from, to }) => to - from),
  );
  const { expect = "holds" } = plan;
  const outcome = outcomeOf(regionOf(plan), { mean, low, high });
  const found = `mean difference ${formatNumber(mean, 4)}, 95 % interval ${
    formatNumber(low, 4)
  } to ${formatNumber(high, 4)} over ${runs.length} fresh seeds`;
  if (outcome !== expect) {
    throw new CheckError(
      exercise,
      `it came out: ${outcome}`,
      `expected "${expect}", found ${found}: ${REMEDIES[outcome]}`,
    );
  }
  await show(
    `✓ Exercise ${exercise} passed. ${plan.statement}: ${outcome}, ${found}.`,
  );
}
