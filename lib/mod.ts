export * from "./tensor.ts";
export * from "./random.ts";
