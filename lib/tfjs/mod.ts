export * from "./load.ts";
export * from "./backend.ts";
export * from "./convert.ts";
