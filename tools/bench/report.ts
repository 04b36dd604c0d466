import { textTable } from "../table.ts";
import type { Row } from "./measure.ts";
import { nets } from "./nets.ts";
import { numberText, quartilesText, type Spread } from "./statistics.ts";

const modes = { train: "training", infer: "inference" } as const;

/**
 * The table of all rows: medians, quartiles, and ratios: to PyTorch on as many
 * threads (median and quartiles of the rounds' ratios), and to stock cpu.
 */
export function reportText(rows: readonly Row[]): string {
  const heads = ["network", "work", "engine", "batch"];
  heads.push("images/s", "quartiles", "rounds", "/ torch", "/ stock cpu");
  return textTable(
    heads,
    [...new Set(rows.map(({ net }) => net))].flatMap((net) =>
      (["train", "infer"] as const).flatMap((mode) => {
        const here = rows.filter((row) => row.net === net && row[mode]);
        const of = (engine: string) =>
          here.find((row) => row.engine === engine)?.[mode];
        return here.map((row) => [
          nets[net].title,
          modes[mode],
          row.engine,
          row.batch,
          numberText(row[mode]!.median),
          quartilesText(row[mode]!),
          row[mode]!.rounds,
          toTorch(row, mode) ?? ratio(row[mode]!, of("torch 1 thread")),
          ratio(row[mode]!, of("stock cpu")),
        ]);
      })
    ),
  );
}

/** What cannot be had anywhere, so that nobody looks for the row. */
const never: Readonly<Record<string, string>> = {
  "stock wasm": "no training: tfjs lacks the gradient of a convolution there",
};

/** Why some engines have no speeds, one line for each reason. */
export function absentText(rows: readonly Row[]): string {
  const lines = rows.map(({ engine, unavailable }) => {
    const reason = unavailable ?? never[engine];
    return reason && `${engine}: ${reason}`;
  });
  return [...new Set(lines.filter((line) => line))].join("\n");
}

function toTorch(row: Row, mode: "train" | "infer"): string | undefined {
  if (row.toTorch === undefined) return undefined;
  const spread = row.toTorch[mode];
  return spread
    ? `${numberText(spread.median)} (${quartilesText(spread)})`
    : "-";
}

function ratio(a: Spread, b: Spread | undefined): string {
  return b ? numberText(a.median / b.median) : "-";
}
