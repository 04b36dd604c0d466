import { mlp, toLayersModel, useBackend } from "cnn";
import type { Table } from "./table.ts";

await useBackend("cpu"); // toLayersModel() builds for a chosen engine

export const calls: Table["calls"] = {
  useBackend: (extra) => useBackend("wasm", { threads: 1, ...extra }),
  toLayersModel: (extra) => toLayersModel(mlp(), { seed: 1, ...extra }),
};

export const words: Table["words"] = {
  useBackend: [["wsm", () => useBackend("wsm" as "wasm")]],
};
