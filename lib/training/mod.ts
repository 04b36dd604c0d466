/**
 * Training, and measuring what was learned.
 *
 * @module
 */
export type {
  Gradients,
  StepResult,
  Trainer,
  TrainerOptions,
} from "./trainer.ts";
export { scratchTrainer, type Trainable } from "./scratch_trainer.ts";
export { tfTrainer } from "./tf_trainer.ts";
export { fit } from "./fit.ts";
export * from "./history.ts";
export * from "./schedule.ts";
export * from "./augment.ts";
export { evaluate, type Evaluation } from "./evaluate.ts";
export * from "./shift_curve.ts";
export * from "./distributions.ts";
export * from "./intervals.ts";
export * from "./mistakes.ts";
export * from "./gradient_norms.ts";
export type { AnyNetwork } from "./any_network.ts";
export * from "./activations.ts";
export * from "./grad_cam.ts";
export * from "./occlusion.ts";
export * from "./linear_probe.ts";
export * from "./rank_correlation.ts";
export * from "./sparsity.ts";
export * from "./track.ts";
export * from "./quick_accuracy.ts";
