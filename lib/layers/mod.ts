/**
 * The layers: shape rule, forward and backward of each, in plain TypeScript.
 *
 * What a network has to know of a kind is not here: kinds.ts lists it.
 *
 * @module
 */
export { add } from "./add.ts";
export { avgPool2d, avgPool2dBackward } from "./avg_pool2d.ts";
export {
  batchNorm,
  batchNormBackward,
  type BatchNormLayer,
  type BatchNormOptions,
} from "./batch_norm.ts";
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
export { flatten, flattenBackward } from "./flatten.ts";
export { gelu, geluBackward } from "./gelu.ts";
export {
  globalAvgPool2d,
  globalAvgPool2dBackward,
} from "./global_avg_pool2d.ts";
export { maxPool2d, maxPool2dBackward } from "./max_pool2d.ts";
export {
  maxout,
  maxoutBackward,
  type MaxoutLayer,
  type MaxoutOptions,
} from "./maxout.ts";
export type { PadShortcutLayer } from "./pad_shortcut.ts";
export { type Pool2dOptions, pool2dShape, type PoolLayer } from "./pool2d.ts";
export { relu, reluBackward } from "./relu.ts";
export { softmax, softmaxBackward } from "./softmax.ts";

export { checkGradient, type CheckGradientOptions } from "./check_gradient.ts";
export type { Axes, SimpleLayer } from "./define.ts";
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
