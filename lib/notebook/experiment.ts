import { checkText } from "../base/arguments.ts";
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import {
  checkSeeds,
  checkWord,
  settle,
  shown,
  unset,
} from "../base/options.ts";
import type { Interval } from "../measure/intervals.ts";
import { display } from "../kernel/kernel.ts";
import { forget } from "./record.ts";
import type { Outcome } from "./verdict.ts";

/** What an experiment states before it runs. Exactly one of the bounds. */
export interface ExperimentOptions {
  /** The name by which the ledger cites it. */
  id: string;
  /** What is measured, and how the sides are paired. */
  compares: string;
  /** What stands beside it: the other side, or a guess. */
  baseline: string;
  /** At least 2, none twice; see drawSeeds(). */
  seeds: readonly number[];
  /** It holds where the whole interval lies above this. */
  above?: number;
  /** It holds where the whole interval lies below this. */
  below?: number;
  /** It holds where the whole interval lies between minus and plus this, or between these two. */
  within?: number | readonly [number, number];
  /** Where the bound comes from. */
  because: string;
  /**
   * The command whose log holds the values, where they were measured before the
   * notebook: the plan says so, and a replication leaves the experiment out.
   */
  log?: string;
  /** What the text beside it says will come out; "holds" unless told. */
  expect?: Outcome;
}

/** An experiment as it was stated; claim() tells what came of it. */
export interface Experiment {
  readonly statement: string;
  readonly id: string;
  readonly compares: string;
  readonly baseline: string;
  readonly seeds: readonly number[];
  readonly because: string;
  /** The command whose log holds the values; none where the notebook measures. */
  readonly log?: string;
  readonly expect: Outcome;
  /** Ends of the region in which the whole interval must lie. */
  readonly low: number;
  readonly high: number;
}

const stated = new WeakSet<Experiment>();

/** Whether this is what experiment() returned. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === "object" && value !== null &&
    stated.has(value as Experiment);
}

/**
 * States an experiment before it runs: what is compared with what, over which
 * seeds, and what would make the statement hold. claim() takes it when it ran.
 *
 * The interval is Student's 95 % interval of the mean over the seeds: it tells
 * what other seeds would give, not what other test pictures would.
 *
 * @param statement A sentence that the measurement can contradict.
 * @param options The plan: exactly one of `above`, `below` and `within`.
 * @throws {TypeError} A part of the plan that is missing or of the wrong kind;
 * no bound, or two.
 * @throws {RangeError} Fewer than 2 seeds, one twice, or a bound that is not finite.
 *
 * @example
 * ```ts
 * import { claim, drawSeeds, experiment } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const gain = await experiment("The CNN beats the MLP by more than two points", {
 *   id: "gain",
 *   compares: "accuracy on 2,000 validation digits, CNN minus MLP, same seed",
 *   baseline: "an MLP of as many parameters",
 *   seeds: drawSeeds(3),
 *   above: 0.02,
 *   because: "a seed alone changes less than one point",
 * });
 * const mlp = [0.9, 0.92, 0.91], cnn = [0.96, 0.97, 0.97];
 * const { outcome } = await claim(gain, { from: mlp, to: cnn });
 * assertEquals(outcome, "holds");
 * ```
 */
export async function experiment(
  statement: string,
  options: ExperimentOptions,
): Promise<Experiment> {
  const fn = "experiment";
  const plan = settle(fn, options, {
    ...unset("id", "compares", "baseline", "seeds", "because"),
    ...unset("above", "below", "within", "log"),
    expect: "holds",
  } as unknown as Required<ExperimentOptions>);
  const { id, compares, baseline, seeds, because, log, expect } = plan;
  for (
    const [name, text] of Object.entries({
      statement,
      id,
      compares,
      baseline,
      because,
      ...log !== undefined && { log },
    })
  ) {
    checkText(fn, name, text);
    if (text !== "") continue;
    throw new TypeError(
      `${fn}() expects a text as ${name} but found an empty one: state it before the run`,
    );
  }
  checkWord(fn, "expect", expect, [
    "holds",
    "does not hold",
    "too small to tell",
  ]);
  checkSeedList(fn, seeds);
  const [low, high] = region(fn, statement, plan);
  const made: Experiment = Object.freeze({
    statement,
    id,
    compares,
    baseline,
    seeds: Object.freeze([...seeds]),
    because,
    ...log !== undefined && { log },
    expect,
    low,
    high,
  });
  stated.add(made);
  forget(id); // a plan that is stated anew has no result yet
  await display(planCard(made));
  return made;
}

/** What the interval says about the region that was stated. */
export function outcomeOf(
  { low, high }: Pick<Experiment, "low" | "high">,
  found: Interval,
): Outcome {
  if (found.low > low && found.high < high) return "holds";
  const outside = found.high < low || found.low > high;
  return outside ? "does not hold" : "too small to tell";
}

/** The region in words: "above 0.02". */
export function regionText({ low, high }: Experiment): string {
  if (high === Infinity) return `above ${formatNumber(low, 4)}`;
  if (low === -Infinity) return `below ${formatNumber(high, 4)}`;
  return `between ${formatNumber(low, 4)} and ${formatNumber(high, 4)}`;
}

function checkSeedList(fn: string, seeds: unknown): void {
  if (Array.isArray(seeds)) return checkSeeds(fn, seeds, "pass drawSeeds(5)");
  throw new TypeError(
    `${fn}() expects a list of seeds but found ${
      shown(seeds)
    }: pass drawSeeds(5)`,
  );
}

function region(
  fn: string,
  statement: string,
  { above, below, within }: ExperimentOptions,
): [number, number] {
  const given = Object.entries({ above, below, within })
    .filter(([, bound]) => bound !== undefined);
  if (given.length !== 1) {
    throw new TypeError(
      `${fn}() expects exactly one of above, below and within but found ${
        given.map(([name]) => name).join(" and ") || "none"
      } in "${statement}": state what would make it hold`,
    );
  }
  const [[name, bound]] = given;
  const ends: unknown[] = name === "within"
    ? Array.isArray(bound) ? bound : [-(bound as number), bound]
    : name === "above"
    ? [bound, Infinity]
    : [-Infinity, bound];
  const finite = name === "within" && Array.isArray(bound) ? bound : [bound];
  const fine =
    finite.every((end) => typeof end === "number" && Number.isFinite(end)) &&
    ends.length === 2 && (ends[0] as number) < (ends[1] as number);
  if (fine) return ends as [number, number];
  throw new RangeError(
    `${fn}() expects ${
      name === "within"
        ? "a margin above 0, or two ends that rise, as within"
        : `a finite number as ${name}`
    } but found ${shown(bound)} in "${statement}": state it before the run`,
  );
}

/** Seeds in few words: "1 to 5". */
function seedsText(seeds: readonly number[]): string {
  const row = seeds.every((seed, i) => seed === seeds[0] + i);
  return row && seeds.length > 2
    ? `${seeds[0]} to ${seeds[seeds.length - 1]}`
    : seeds.join(", ");
}

function planCard(plan: Experiment) {
  const when = plan.log ? "before its log is read" : "before it runs";
  const parts = [
    ["compares", plan.compares],
    ["baseline", plan.baseline],
    ["seeds", seedsText(plan.seeds)],
    ...plan.log ? [["read from", `the log of ${plan.log}`]] : [],
    ["holds if", `the 95 % interval lies ${regionText(plan)}: ${plan.because}`],
    ...plan.expect === "holds" ? [] : [["expected", plan.expect]],
  ];
  const rows = parts.map(([name, text]) =>
    `<div style="display:flex;gap:10px"><span style="opacity:.75;flex:0 0 5.2em">${name}</span><span>${
      escapeHtml(text)
    }</span></div>`
  ).join("");
  return {
    "text/html":
      `<div class="cnn-plan" style="border-left:4px dashed currentColor;padding:5px 12px;margin:2px 0;font-size:13px;line-height:1.45">` +
      `<div style="font-size:14px"><b>Experiment</b>, ${when}: ${
        escapeHtml(plan.statement)
      }</div>${rows}</div>`,
    "text/plain": [
      `Experiment, ${when}: ${plan.statement}`,
      ...parts.map(([name, text]) => `  ${name}: ${text}`),
    ].join("\n"),
  };
}
