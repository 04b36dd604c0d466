/**
 * How well a network does, and what its numbers say.
 *
 * @module
 */
export type {
  Gradients,
  Stepping,
  StepResult,
  Trainer,
  TrainerOptions,
} from "./trainer.ts";
export { evaluate, type Evaluation } from "./evaluate.ts";
export * from "./shift_curve.ts";
export {
  type Interval,
  meanInterval,
  meanIntervals,
  proportionInterval,
} from "./intervals.ts";
export * from "./bootstrap.ts";
export * from "./compare_seeds.ts";
export * from "./mistakes.ts";
export * from "./gradient_norms.ts";
export * from "./linear_probe.ts";
export * from "./rank_correlation.ts";
export * from "./sparsity.ts";
