import { settle, shown, unset } from "../base/options.ts";
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import { display } from "../kernel/kernel.ts";
import { type Interval, meanInterval } from "../measure/intervals.ts";
import { pairedDifference } from "../measure/compare_seeds.ts";
import {
  type Experiment,
  isExperiment,
  outcomeOf,
  regionText,
} from "./experiment.ts";
import { type Claim, type ClaimValues, forget, remember } from "./record.ts";
import { replication } from "./replication.ts";
import { colourOf, type Outcome, signOf, verdictSign } from "./verdict.ts";

/**
 * A claim that its own measurement contradicts.
 *
 * @example
 * ```ts
 * import { claim, ClaimError } from "cnn";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => claim("2 > 3", { holds: 2 > 3, values: { left: 2, right: 3 } }),
 *   ClaimError,
 * );
 * ```
 */
export class ClaimError extends Error {
  override name = "ClaimError";
}

/** What a check is measured by. */
export interface ClaimOptions {
  /** Whether the measurement agrees with the statement. */
  holds: boolean;
  /** The measured values, and the baseline beside them. */
  values: ClaimValues;
  /** The name by which the ledger cites it: the statement unless told. */
  id?: string;
}

/** What an experiment measured, in the order of its seeds: both sides, or one number each. */
export interface ExperimentResult {
  /** One value a seed of the baseline; goes with `to`. */
  from?: readonly number[];
  /** One value a seed of what is compared with it: the difference is to - from. */
  to?: readonly number[];
  /** One number a seed, where there are no two sides. */
  each?: readonly number[];
  /** More values to show beside the interval. */
  also?: ClaimValues;
}

/** What came of an experiment. */
export interface Finding extends Interval {
  /** One number a seed: differences, where there are two sides. */
  readonly each: readonly number[];
  readonly outcome: Outcome;
}

/**
 * States a check with its measured values, or tells what came of an experiment;
 * throws when it came out otherwise than the text says.
 *
 * A **check** is an identity, a count, arithmetic: `claim(statement, { holds,
 * values })`. An **experiment** could have come out otherwise; it was stated by
 * experiment() before it ran: `claim(stated, { from, to })`. Both are shown and
 * recorded for the ledger. Running a cell again replaces its own record.
 *
 * @param statement A sentence that the reader can check, or a stated experiment.
 * @returns Of an experiment: numbers by seed, their mean with its interval, the outcome.
 * @throws {ClaimError} It did not come out as said, or a value is NaN or missing.
 * @throws {TypeError} `holds` is no boolean, or there are no values; neither two
 * sides nor one number each; not one value a seed.
 * @throws {RangeError} A number of an experiment that is not finite.
 *
 * @example
 * ```ts
 * import { claim } from "cnn";
 *
 * await claim("A picture of 28 x 28 has 784 pixels", {
 *   holds: 28 * 28 === 784,
 *   values: { pixels: 28 * 28 },
 * });
 * ```
 */
export function claim(statement: string, options: ClaimOptions): Promise<void>;
export function claim(
  stated: Experiment,
  result: ExperimentResult,
): Promise<Finding>;
export async function claim(
  what: string | Experiment,
  options: ClaimOptions | ExperimentResult,
): Promise<void | Finding> {
  if (isExperiment(what)) {
    return await conclude(what, options as ExperimentResult);
  }
  if (typeof what === "string" && what !== "") {
    return await checkClaim(what, options as ClaimOptions);
  }
  throw new TypeError(
    `claim() expects a sentence as its statement, or what experiment() returned, but found ${
      shown(what)
    }: write what the reader can check`,
  );
}

async function checkClaim(
  statement: string,
  options: ClaimOptions,
): Promise<void> {
  const { holds, values, id } = settle<
    ClaimOptions,
    { holds: undefined; values: undefined; id: string }
  >("claim", options, { holds: undefined, values: undefined, id: statement });
  forget(id); // a cell that fails now must not leave its earlier success
  if (typeof holds !== "boolean") {
    const remedy = "compare the measured values";
    throw new TypeError(
      unfit(statement, "holds to be true or false", shown(holds), remedy),
    );
  }
  if (typeof id !== "string" || id === "") {
    throw new TypeError(
      unfit(statement, "a text as id", shown(id), "the ledger cites it"),
    );
  }
  if (Object.keys(values ?? {}).length === 0) {
    const remedy = "pass values: { name: number }";
    throw new TypeError(
      unfit(statement, "at least one measured value", "none", remedy),
    );
  }
  checkValues(statement, values!);
  const outcome = holds ? "holds" : "does not hold";
  await tell({ id, statement, values: { ...values }, kind: "check", outcome });
}

async function conclude(
  plan: Experiment,
  result: ExperimentResult,
): Promise<Finding> {
  const { statement, id, expect, seeds } = plan;
  const { from, to, each, also } = settle("claim", result as ExperimentResult, {
    ...unset("from", "to", "each"),
    also: {} as ClaimValues,
  });
  forget(id);
  const paired = from !== undefined && to !== undefined;
  if (
    paired === (each !== undefined) ||
    (from === undefined) !== (to === undefined)
  ) {
    const given = Object.entries({ from, to, each })
      .filter(([, list]) => list !== undefined).map(([name]) => name);
    const remedy = "pass { from, to } for two sides, or { each }";
    throw new TypeError(unfit(
      statement,
      "two sides, or one number each",
      given.join(" and ") || "none",
      remedy,
    ));
  }
  for (const [name, list] of Object.entries({ from, to, each })) {
    if (list === undefined) continue;
    if (Array.isArray(list) && list.length === seeds.length) continue;
    const found = Array.isArray(list) ? `${list.length}` : shown(list);
    const remedy = "run it once with each seed that was stated";
    throw new TypeError(
      unfit(statement, `${seeds.length} values as ${name}`, found, remedy),
    );
  }
  checkValues(statement, also);
  const { mean, low, high, values } = paired
    ? pairedDifference(from!, to!)
    : { ...meanInterval(each!), values: each! };
  const finding: Finding = {
    each: [...values],
    mean,
    low,
    high,
    outcome: outcomeOf(plan, { mean, low, high }),
  };
  const measured = {
    [paired ? "mean difference" : "mean"]: mean,
    "95 % interval": `${formatNumber(low, 4)} to ${formatNumber(high, 4)}`,
    stated: regionText(plan),
    seeds: seeds.length,
    ...also,
  };
  await tell(
    {
      id,
      statement,
      values: measured,
      kind: "experiment",
      outcome: finding.outcome,
    },
    expect,
    { mean, low, high },
    plan.log !== undefined,
  );
  return finding;
}

function unfit(
  statement: string,
  expected: string,
  found: string,
  remedy: string,
): string {
  return `claim() expects ${expected} but found ${found} in "${statement}": ${remedy}`;
}

function checkValues(statement: string, values: ClaimValues): void {
  for (const [name, value] of Object.entries(values)) {
    const isText = typeof value === "string" && value !== "";
    if (isText || typeof value === "number" && !Number.isNaN(value)) continue;
    const expected = `a number or a text for "${name}"`;
    const found = value === "" ? "an empty text" : shown(value);
    const remedy = "the measurement went wrong";
    throw new ClaimError(unfit(statement, expected, found, remedy));
  }
}

/** Shows a claim; keeps it where it came out as said, and throws otherwise. */
async function tell(
  made: Claim,
  expect: Outcome = "holds",
  interval?: Interval,
  fromLog = false,
): Promise<void> {
  const agrees = made.outcome === expect;
  const again = replication() !== undefined;
  // A replication counts how often it comes out; it does not stop at the first.
  if (agrees || again) remember(made);
  const record = { ...made, expect, ...interval };
  await display({
    ...claimRow(made),
    // Fresh seeds change nothing in a log: counting it would be no replication.
    ...again && !fromLog ? { "application/vnd.cnn.claim+json": record } : {},
  });
  if (agrees || again) return;
  const { statement, outcome, values } = made;
  throw new ClaimError(
    expect === "holds" && outcome === "does not hold"
      ? `The claim does not hold: ${statement} (${valuesText(values)})`
      : `The claim came out as "${outcome}" where the text says "${expect}": ${statement} (${
        valuesText(values)
      })`,
  );
}

/** Measured values in one line: "CNN: 0.985; MLP: 0.93". */
export function valuesText(values: ClaimValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${valueText(value)}`).join("; ");
}

/** Four decimals show a difference of one image in 10,000. */
function valueText(value: number | string): string {
  return typeof value === "number" ? formatNumber(value, 4) : value;
}

function claimRow({ statement, values, kind, outcome }: Claim) {
  const title = `measured: it ${
    outcome === "too small to tell" ? "is " : ""
  }${outcome}`;
  const parts = Object.entries(values).map(([name, value]) =>
    `<span style="display:inline-block;max-width:100%;margin-right:18px"><span style="opacity:.75">${
      escapeHtml(name)
    }</span> <b>${escapeHtml(valueText(value))}</b></span>`
  ).join(" ");
  const word = outcome === "holds" ? "" : `<b>${outcome}</b>: `;
  return {
    "text/html":
      `<div class="cnn-claim" style="border-left:4px solid ${
        colourOf(outcome)
      };padding:5px 12px;margin:2px 0;font-size:14px;line-height:1.5">` +
      `${
        verdictSign(outcome, "", title)
      } <span style="opacity:.75">${kind}</span> ${word}${
        escapeHtml(statement)
      }` +
      `<div style="font-size:13px;padding-left:1.2em;font-variant-numeric:tabular-nums">${parts}</div></div>`,
    "text/plain": `${signOf(outcome)} ${kind}: ${statement}\n  ${
      valuesText(values)
    }`,
  };
}
