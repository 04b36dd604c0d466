/**
 * Training a network.
 *
 * @module
 */
export { scratchTrainer, type Trainable } from "./scratch_trainer.ts";
export { tfTrainer } from "./tf_trainer.ts";
export { fit } from "./fit.ts";
export * from "./history.ts";
export * from "./schedule.ts";
export * from "./augment.ts";
export * from "./quick_accuracy.ts";
export * from "./two_towers.ts";
export * from "./net_towers.ts";
