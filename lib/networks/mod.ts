/**
 * One declarative description of a network, and what comes from it.
 *
 * @module
 */
export * from "./types.ts";
export * from "./makers.ts";
export {
  describe,
  type DescribeOptions,
  type Description,
  type LayerRow,
  type Totals,
} from "./describe.ts";
export type { Memory } from "./memory.ts";
export type { NetOptions } from "./zoo/options.ts";
export * from "./zoo/lenet.ts";
export * from "./zoo/mlp.ts";
export * from "./zoo/vgg.ts";
export * from "./zoo/inception.ts";
export * from "./zoo/googlenet.ts";
export * from "./zoo/residual.ts";
export * from "./zoo/resnet.ts";
export { cifarResnet, type CifarResnetOptions } from "./zoo/cifar_resnet.ts";
export * from "./zoo/small.ts";
export * from "./zoo/vit.ts";
export * from "./zoo/efficient_net_lite.ts";
export { initialWeights } from "./weights.ts";
export type { Weights } from "./weights.ts";
export { decodeWeights, encodeWeights } from "./weights_file.ts";
export * from "./build_network.ts";
