/**
 * What a trained network looks at.
 *
 * @module
 */
export type { AnyNetwork } from "./any_network.ts";
export * from "./activations.ts";
export * from "./grad_cam.ts";
export * from "./occlusion.ts";
export * from "./layer_statistics.ts";
