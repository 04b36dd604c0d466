import { textTable } from "../table.ts";
import type { Row } from "./measure.ts";
import { nets } from "./nets.ts";
import { numberText, quartilesText, type Spread } from "./statistics.ts";

const modes = { train: "training", infer: "inference" } as const;

/** The table of all rows: medians, quartiles, and ratios of the medians. */
export function reportText(rows: readonly Row[]): string {
  const heads = ["network", "work", "engine", "batch"];
  heads.push("images/s", "quartiles", "rounds", "/ torch 1", "/ stock cpu");
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
          ratio(row[mode]!, of("torch 1 thread")),
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

function ratio(a: Spread, b: Spread | undefined): string {
  return b ? numberText(a.median / b.median) : "-";
}
