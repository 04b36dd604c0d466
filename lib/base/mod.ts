/**
 * Tensors and random numbers, and what every room needs.
 *
 * @module
 */
export {
  cast,
  type DType,
  gather,
  type Nested,
  reshape,
  slice,
  type Tensor,
  tensor,
  type TensorData,
  toNested,
  zeros,
  zerosLike,
} from "./tensor.ts";
export * from "./verbs.ts";
export * from "./reduce.ts";
export {
  glorotUniform,
  heNormal,
  permutation,
  type Random,
  random,
  randomNormal,
  randomUniform,
} from "./random.ts";
export type { Pair } from "./check.ts";
