export * from "./tensor.ts";
export * from "./random.ts";
export * from "./data/mod.ts";
export * from "./plot/mod.ts";
export * from "./notebook/mod.ts";
// Two modules have a `show`: the one for values is the public one.
export { show } from "./notebook/show.ts";
export * from "./tfjs/mod.ts";
export * from "./architecture/mod.ts";
export * from "./layers/mod.ts";
export * from "./training/mod.ts";
