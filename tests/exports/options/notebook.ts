import { claim, experiment, trainingCurves } from "cnn";
import type { Table } from "./table.ts";

export const calls: Table["calls"] = {
  claim: (extra) =>
    claim("1 = 1", { holds: true, values: { one: 1 }, ...extra }),
  experiment: (extra) =>
    experiment("It grows", {
      id: "grows",
      compares: "one side with the other",
      baseline: "the other",
      seeds: [1, 2],
      above: 0,
      because: "none",
      ...extra,
    }),
  trainingCurves: (extra) => trainingCurves(extra),
};

export const words: Table["words"] = {};
