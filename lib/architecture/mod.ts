/**
 * One declarative description of a network, and what comes from it.
 *
 * @module
 */
export * from "./types.ts";
export * from "./makers.ts";
export { describe } from "./describe.ts";
export type { Description, LayerRow, Totals } from "./describe.ts";
export type { NetOptions } from "./options.ts";
export * from "./lenet.ts";
export * from "./mlp.ts";
export * from "./vgg.ts";
export * from "./inception.ts";
export * from "./googlenet.ts";
export * from "./residual.ts";
export * from "./resnet.ts";
export { cifarResnet, type CifarResnetOptions } from "./cifar_resnet.ts";
export * from "./small.ts";
export { initialWeights } from "./weights.ts";
export type { Weights } from "./weights.ts";
export { decodeWeights, encodeWeights } from "./weights_file.ts";
export * from "./build_network.ts";
