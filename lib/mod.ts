/**
 * The library of the course: what a notebook imports as "cnn".
 *
 * @module
 */
export * from "./base/mod.ts";
export * from "./layers/mod.ts";
export * from "./plot/mod.ts";
export * from "./networks/mod.ts";
export {
  drawArchitecture,
  type DrawOptions,
} from "./networks/drawing/draw_architecture.ts";
export * from "./data/mod.ts";
export * from "./engine/mod.ts";
export * from "./measure/mod.ts";
export * from "./explain/mod.ts";
export * from "./explorer/mod.ts";
export * from "./train/mod.ts";
export * from "./notebook/mod.ts";
export * from "./exercises/mod.ts";
