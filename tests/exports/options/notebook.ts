import { claim, trainingCurves } from "cnn";
import type { Table } from "./table.ts";

export const calls: Table["calls"] = {
  claim: (extra) =>
    claim("1 = 1", { holds: true, values: { one: 1 }, ...extra }),
  trainingCurves: (extra) => trainingCurves(extra),
};

export const words: Table["words"] = {};
