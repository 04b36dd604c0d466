/** docs/replication.md: how often each experiment came out as its notebook says. */
import { proportionInterval } from "../../lib/measure/intervals.ts";
import type { Outcome, Record } from "./record.ts";

/** One claim over all replications. */
export interface Tally {
  notebook: string;
  claim: Outcome;
  /** How often it was made, and how often it came out as the text says. */
  runs: number;
  agreed: number;
  /** The figures of an experiment, smallest first. */
  means: number[];
}

/** What came out in less than this share is to be reworded or made larger. */
const leastShare = 0.95;

/** Each claim of each notebook, in order. */
export function tally(records: ReadonlyMap<string, Record>): Tally[] {
  const all: Tally[] = [];
  for (const [notebook, { replications }] of records) {
    const found = new Map<string, Tally>();
    for (const claim of replications.flatMap(({ claims }) => claims)) {
      const known = found.get(claim.id) ??
        { notebook, claim, runs: 0, agreed: 0, means: [] };
      known.runs++;
      if (claim.outcome === claim.expect) known.agreed++;
      if (claim.mean !== undefined) known.means.push(claim.mean);
      found.set(claim.id, known);
    }
    all.push(...found.values());
  }
  for (const { means } of all) means.sort((a, b) => a - b);
  return all;
}

/** Those that came out as said too seldom. */
export const seldom = (tallies: readonly Tally[]): Tally[] =>
  tallies.filter(({ runs, agreed }) => agreed < leastShare * runs);

const cell = (text: string) => text.replaceAll("|", "\\|");

const figure = (value: number) =>
  Number(value.toPrecision(3)).toString().replace("-", "−");

/** The value below which a share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [Math.floor(at), Math.ceil(at)];
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** "1 run", "2 runs". */
const runsText = (count: number) => `${count} ${count === 1 ? "run" : "runs"}`;

/** How often each notebook ran to its end, and which runs broke. */
function runsOf(records: ReadonlyMap<string, Record>): string {
  return [...records].map(([name, { replications, broken = [] }]) => {
    const ended = runsText(replications.length);
    return `${name} ${ended}` +
      (broken.length > 0 ? `, and ${broken.length} that broke` : "");
  }).join("; ");
}

/** All outcomes together, with Wilson's interval. */
function sumOf(tallies: readonly Tally[]): string {
  const all = tallies.reduce((sum, { runs }) => sum + runs, 0);
  const agreed = tallies.reduce((sum, one) => sum + one.agreed, 0);
  if (all === 0) return "no outcome yet";
  const { low, high } = proportionInterval(agreed, all);
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${agreed} of ${all} outcomes as the text says (95 % interval ${
    percent(low)
  } to ${percent(high)} %)`;
}

/** The page, in Markdown. */
export function page(records: ReadonlyMap<string, Record>): string {
  const all = tally(records);
  const experiments = all.filter(({ claim }) => claim.kind === "experiment");
  const checks = all.filter(({ claim }) => claim.kind === "check");
  const broken = seldom(checks);
  const rows = experiments.map((
    { notebook, claim, runs, agreed, means },
  ) => [
    notebook,
    cell(claim.statement),
    claim.stated ?? "",
    claim.expect,
    `${agreed} of ${runs}`,
    `${figure(means[0])} / **${figure(quantile(means, 0.5))}** / ${
      figure(means[means.length - 1])
    }`,
  ]);
  const heads = [
    "notebook",
    "experiment",
    "stated",
    "the text says",
    "came out so",
    "figure: least / median / most",
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    "# Replication",
    "",
    "<!-- Written by `deno task replicate`. -->",
    "",
    "The notebooks' experiments, run again with other seeds and, where a notebook",
    "draws its pictures, with other pictures from the same files:",
    "`deno task replicate --seeds=10`. An experiment comes out as the text says when",
    "its 95 % interval lies in the region that was stated before the run. The figure",
    "is the mean over the seeds of one replication, in the unit of the notebook: a",
    "share of 1 for accuracies. Ten of ten alone do not tell an experiment that never",
    "fails from one that fails once in four runs; the sum of all says more, though",
    "claims of one notebook share trainings. The two towers of 08 are asked the same",
    "101 emoji each time: their rows say nothing of other emoji. Experiments that",
    "read a log are not here: fresh seeds change nothing in it.",
    "",
    `In all: ${sumOf(experiments)}.`,
    "",
    `Runs: ${runsOf(records)}.`,
    "",
    line(heads),
    line(heads.map(() => "---")),
    ...rows.map(line),
    "",
    `Checks made beside these: ${checks.length}; ${
      broken.length === 0
        ? "each came out as said in at least 95 % of its runs."
        : `these failed too often: ${
          broken.map(({ notebook, claim, runs, agreed }) =>
            `"${claim.statement}" (${notebook}, ${agreed} of ${runs})`
          ).join("; ")
        }.`
    }`,
    "",
  ].join("\n");
}
