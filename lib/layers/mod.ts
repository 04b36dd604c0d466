/**
 * The layers: shape rule, forward and backward of each, in plain TypeScript.
 *
 * A layer's file exports its functions and, as define() made it, what a network
 * has to know of its kind. kinds.ts collects the kinds from here, so the line
 * below is all that a new file needs.
 *
 * @module
 */
export { add, addJoin } from "./add.ts";
export { avgPool2d, avgPool2dBackward, avgPool2dLayer } from "./avg_pool2d.ts";
export {
  batchNorm,
  batchNormBackward,
  type BatchNormLayer,
  batchNormLayer,
  type BatchNormOptions,
} from "./batch_norm.ts";
export { concat, concatBackward, concatJoin } from "./concat.ts";
export {
  conv2d,
  conv2dBackward,
  type Conv2dGradients,
  conv2dKernelBackward,
  conv2dKernelShape,
  conv2dLayer,
  conv2dNaive,
  conv2dNaiveBackward,
  type Conv2dOptions,
  conv2dShape,
  type ConvLayer,
} from "./conv2d.ts";
export { dense, denseBackward, type DenseLayer, denseLayer } from "./dense.ts";
export {
  dropout,
  dropoutBackward,
  type DropoutLayer,
  dropoutLayer,
} from "./dropout.ts";
export { flatten, flattenBackward, flattenLayer } from "./flatten.ts";
export { gelu, geluBackward, geluLayer } from "./gelu.ts";
export {
  globalAvgPool2d,
  globalAvgPool2dBackward,
  globalAvgPool2dLayer,
} from "./global_avg_pool2d.ts";
export { maxPool2d, maxPool2dBackward, maxPool2dLayer } from "./max_pool2d.ts";
export { type PadShortcutLayer, padShortcutLayer } from "./pad_shortcut.ts";
export { type Pool2dOptions, pool2dShape, type PoolLayer } from "./pool2d.ts";
export { relu, reluBackward, reluLayer } from "./relu.ts";
export { softmax, softmaxBackward, softmaxLayer } from "./softmax.ts";

export { checkGradient, type CheckGradientOptions } from "./check_gradient.ts";
export type { Axes, SimpleLayer } from "./define.ts";
export { matmul } from "./matmul.ts";
export { type Moments, moments } from "./moments.ts";
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
