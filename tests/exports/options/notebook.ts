import { claim, experiment, trainingCurves } from "cnn";
import type { Table } from "./table.ts";

const stated = (extra: object = {}) =>
  experiment("It grows", {
    id: "grows",
    compares: "one side with the other",
    baseline: "the other",
    seeds: [1, 2],
    above: 0,
    because: "any growth counts",
    ...extra,
  });

export const calls: Table["calls"] = {
  claim: (extra) =>
    claim("1 = 1", { holds: true, values: { one: 1 }, ...extra }),
  experiment: stated,
  trainingCurves: (extra) => trainingCurves(extra),
};

export const forms: Table["forms"] = {
  claim: async (extra) => claim(await stated(), { each: [1, 1], ...extra }),
};

export const words: Table["words"] = {
  experiment: [["hold", () => stated({ expect: "hold" })]],
};
