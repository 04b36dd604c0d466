import { textTable } from "../table.ts";
import type { Row } from "./measure.ts";
import { nets } from "./nets.ts";
import { speedText, type Spread } from "./statistics.ts";

/** The table of all rows: medians, quartiles, and ratios of the medians. */
export function reportText(rows: readonly Row[]): string {
  const heads = [
    "network",
    "engine",
    "train img/s",
    "quartiles",
    "/ torch 1",
    "/ stock cpu",
    "infer img/s",
    "/ torch 1",
  ];
  return textTable(
    heads,
    rows.map((row) => {
      const of = (engine: string) =>
        rows.find((other) => other.net === row.net && other.engine === engine);
      const torch = of("torch 1 thread"), cpu = of("stock cpu");
      return [
        nets[row.net].title,
        row.engine,
        row.unavailable ? "not here" : text(row.train),
        row.train
          ? `${speedText(row.train.low)} to ${speedText(row.train.high)}`
          : "",
        ratio(row.train, torch?.train),
        ratio(row.train, cpu?.train),
        text(row.infer),
        ratio(row.infer, torch?.infer),
      ];
    }),
  );
}

/** Why some engines have no speeds, one line each. */
export function absentText(rows: readonly Row[]): string {
  return rows.filter((row) => row.unavailable).map((row) =>
    `${nets[row.net].title}, ${row.engine}: ${row.unavailable}`
  ).join("\n");
}

function text(spread: Spread | undefined): string {
  return spread ? speedText(spread.median) : "-";
}

function ratio(a: Spread | undefined, b: Spread | undefined): string {
  return a && b ? (a.median / b.median).toFixed(2) : "-";
}
