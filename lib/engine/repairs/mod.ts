/**
 * What TensorFlow.js 4.22.0 computes wrong, put right; docs/engine.md lists it.
 *
 * @module
 */
import { repairArgMax } from "./arg_max.ts";
import { repairConv3d } from "./conv3d.ts";
import { repairConvolutionGradients } from "./convolution_gradients.ts";
import { repairDilations } from "./dilations.ts";
import { repairEmpty } from "./empty.ts";
import { repairMaxPool } from "./max_pool.ts";
import { repairMaximumGradients } from "./maximum_gradients.ts";
import { repairMeanPools } from "./mean_pools.ts";
import { repairBilinear, repairNearest } from "./resize.ts";
import { repairPads } from "./pads.ts";
import { repairSecondGradients } from "./second_gradients.ts";

/** Repairs what all engines share, and the cpu engine; once, after loading. */
export function repairTf(): void {
  repairConvolutionGradients();
  repairDilations();
  repairMaximumGradients();
  repairMeanPools();
  repairMaxPool();
  repairBilinear();
  repairNearest();
  repairSecondGradients();
  repairArgMax("cpu");
  repairPads("cpu");
}

/** Repairs the kernels of the wasm engine; after ours are there. */
export function repairWasm(): void {
  repairArgMax("wasm");
  repairConv3d();
  repairEmpty();
  repairPads("wasm");
}
