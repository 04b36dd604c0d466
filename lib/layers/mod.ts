/**
 * The layers: shape rule, forward and backward of each, in plain TypeScript.
 *
 * @module
 */
export {
  outputLength,
  type Padding,
  paddingAmounts,
  type WindowOptions,
} from "./window.ts";
export type { Conv2dOptions } from "./conv2d_sizes.ts";
export { conv2dKernelShape, conv2dShape } from "./conv2d_shape.ts";
export {
  type Conv2dGradients,
  conv2dNaive,
  conv2dNaiveBackward,
} from "./conv2d_naive.ts";
export { conv2d } from "./conv2d.ts";
export { conv2dBackward, conv2dKernelBackward } from "./conv2d_backward.ts";
export { type Pool2dOptions, pool2dShape } from "./pool2d_shape.ts";
export { maxPool2d, maxPool2dBackward } from "./max_pool2d.ts";
export { avgPool2d, avgPool2dBackward } from "./avg_pool2d.ts";
export {
  globalAvgPool2d,
  globalAvgPool2dBackward,
  globalAvgPool2dShape,
} from "./global_avg_pool2d.ts";
export { flatten, flattenBackward, flattenShape } from "./flatten.ts";
export { dense, denseShape } from "./dense.ts";
export { denseBackward } from "./dense_backward.ts";
export { matmul } from "./matmul.ts";
export { relu, reluBackward } from "./relu.ts";
export { softmax, softmaxBackward } from "./softmax.ts";
export {
  type CrossEntropy,
  softmaxCrossEntropy,
} from "./softmax_cross_entropy.ts";
export { batchNorm, batchNormBackward } from "./batch_norm.ts";
export type { BatchNormOptions } from "./batch_norm_options.ts";
export { type Moments, moments } from "./moments.ts";
export { concat, concatBackward, concatShape } from "./concat.ts";
export { add } from "./add.ts";
export { dropout, dropoutBackward } from "./dropout.ts";
export { checkGradient, type CheckGradientOptions } from "./check_gradient.ts";
