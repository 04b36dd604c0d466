import { textTable } from "../table.ts";
import type { Judged } from "./judge.ts";
import type { Report } from "./run.ts";

/** What a run found, in words: survivors one by one, and counts by room. */
export function summary({ judged, mutants, red }: Report): string {
  const survivors = judged.filter(({ outcome }) => outcome === "survived");
  const rows = Object.entries(mutants).map(([room, there]) => {
    const own = judged.filter(({ file }) => file.split("/")[1] === room);
    const count = (outcome: Judged["outcome"]) =>
      own.filter((one) => one.outcome === outcome).length;
    const noticed = own.length - count("survived");
    const share = own.length === 0
      ? ""
      : `${(100 * noticed / own.length).toFixed(0)} %`;
    const asked = own.filter(({ notebooks }) => notebooks !== undefined);
    const by = asked.filter(({ notebooks }) => notebooks!.length > 0);
    return [
      ...[room, there, own.length, count("killed"), count("timeout")],
      ...[count("survived"), share],
      asked.length === 0 ? "" : `${by.length} of ${asked.length}`,
    ];
  });
  const heads = ["room", "mutants", "drawn", "killed", "timeout", "survived"];
  return [
    ...survivors.map((one) => `nobody noticed: ${change(one)}`),
    ...(survivors.length > 0 ? [""] : []),
    textTable([...heads, "noticed", "by notebooks"], rows),
    ...red.map((file) => `Not asked, because it fails as it is: ${file}`),
  ].join("\n");
}

/** A mutant on one line. */
export function change(
  { file, line, column, from, to, asked, spared, notebooks }: Judged,
): string {
  const what = to === ";"
    ? `left out: ${from}`
    : `${from} -> ${to || "(gone)"}`;
  const seen = notebooks === undefined
    ? ""
    : `; notebooks that noticed: ${notebooks.join(", ") || "none"}`;
  return `${file}:${line}:${column} ${what} (asked: ${asked.length} of ${
    asked.length + spared
  } test files that run it${seen})`;
}
