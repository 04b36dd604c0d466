/**
 * The layers: shape rule, forward and backward of each, in plain TypeScript.
 *
 * What a network has to know of a kind is not here: kinds.ts lists it.
 *
 * @module
 */
export { add } from "./add.ts";
export {
  attention,
  attentionBackward,
  type AttentionLayer,
  type AttentionOptions,
  attentionWeights,
} from "./attention.ts";
export { avgPool2d, avgPool2dBackward } from "./avg_pool2d.ts";
export {
  batchNorm,
  batchNormBackward,
  type BatchNormLayer,
  type BatchNormOptions,
} from "./batch_norm.ts";
export {
  classToken,
  classTokenBackward,
  type ClassTokenLayer,
} from "./class_token.ts";
export { concat, concatBackward } from "./concat.ts";
export {
  conv2d,
  conv2dBackward,
  type Conv2dGradients,
  conv2dKernelBackward,
  conv2dKernelShape,
  conv2dNaive,
  conv2dNaiveBackward,
  type Conv2dOptions,
  conv2dShape,
  type ConvLayer,
} from "./conv2d.ts";
export { dense, denseBackward, type DenseLayer } from "./dense.ts";
export { dropout, dropoutBackward, type DropoutLayer } from "./dropout.ts";
export { firstToken, firstTokenBackward } from "./first_token.ts";
export { flatten, flattenBackward } from "./flatten.ts";
export { gelu, geluBackward } from "./gelu.ts";
export {
  globalAvgPool2d,
  globalAvgPool2dBackward,
} from "./global_avg_pool2d.ts";
export { l2Normalize, l2NormalizeBackward } from "./l2_normalize.ts";
export {
  layerNorm,
  layerNormBackward,
  type LayerNormLayer,
  type LayerNormOptions,
} from "./layer_norm.ts";
export { maxPool2d, maxPool2dBackward } from "./max_pool2d.ts";
export {
  maxout,
  maxoutBackward,
  type MaxoutLayer,
  type MaxoutOptions,
} from "./maxout.ts";
export type { PadShortcutLayer } from "./pad_shortcut.ts";
export { patchify, patchifyBackward, type PatchifyLayer } from "./patchify.ts";
export { type Pool2dOptions, pool2dShape, type PoolLayer } from "./pool2d.ts";
export { position, positionBackward, type PositionLayer } from "./position.ts";
export { relu, reluBackward } from "./relu.ts";
export { relu6, relu6Backward } from "./relu6.ts";
export { softmax, softmaxBackward } from "./softmax.ts";
export { tokenMean, tokenMeanBackward } from "./token_mean.ts";

export { checkGradient, type CheckGradientOptions } from "./check_gradient.ts";
export type { Axes, SimpleLayer } from "./define.ts";
export { type InfoNce, infoNce } from "./info_nce.ts";
export { matmul } from "./matmul.ts";
export {
  type CrossEntropy,
  softmaxCrossEntropy,
} from "./softmax_cross_entropy.ts";
export {
  outputLength,
  type Padding,
  paddingAmounts,
  type WindowOptions,
} from "./window.ts";
