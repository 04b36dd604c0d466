import { describe } from "cnn";
import { textTable } from "../table.ts";
import type { Row } from "./measure.ts";
import { nets } from "./nets.ts";
import { numberText, quartilesText, type Spread } from "./statistics.ts";

const modes = { train: "training", infer: "inference" } as const;

/**
 * The table of all rows: medians, quartiles, and ratios: to PyTorch on as many
 * threads (median and quartiles of the rounds' ratios), and to stock cpu. Where the
 * limit of a core (GFLOP/s) was measured, also which share of it the products reach.
 */
export function reportText(
  rows: readonly Row[],
  limit?: { readonly core: number; readonly cores: number },
): string {
  const heads = ["network", "work", "engine", "batch"];
  heads.push("images/s", "quartiles", "rounds", "/ torch", "/ stock cpu");
  if (limit) heads.push("% of limit");
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
          ...limit ? [shareText(row, mode, limit)] : [],
        ]);
      })
    ),
  );
}

/**
 * Products of one image by their definition, in multiply-adds: in training three times
 * those of the answer (the gradients by the kernel and by the input take as many), less
 * the first layer's gradient by the picture, which nobody needs.
 */
export function productsOf(net: string, mode: "train" | "infer"): number {
  const { multiplyAdds, rows } = describe(nets[net].architecture);
  if (mode === "infer") return multiplyAdds;
  const first = rows.find((row) => row.multiplyAdds > 0)!;
  return 3 * multiplyAdds - first.multiplyAdds;
}

/** What part of the limit of the cores at work the products take, in percent. */
function shareText(
  row: Row,
  mode: "train" | "infer",
  { core, cores }: { core: number; cores: number },
): string {
  const speed = 2 * productsOf(row.net, mode) * row[mode]!.median / 1e9;
  if (row.engine === "webgpu") return "-"; // another processor
  const all = row.engine.endsWith("all threads");
  return (100 * speed / (all ? cores * core : core)).toFixed(0);
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
