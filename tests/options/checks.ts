import type { Table } from "./table.ts";

export const calls: Table["calls"] = {};

export const words: Table["words"] = {};
