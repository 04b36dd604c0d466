/**
 * What TensorFlow.js 4.22.0 computes wrong, put right; docs/engine.md lists it.
 *
 * @module
 */
import { repairConvolutionGradients, repairDilations } from "./convolutions.ts";
import { repairArgMax, repairMaximumGradients } from "./extremes.ts";
import { repairConv3d, repairEmpty } from "./on_cpu.ts";
import { repairMaxPool, repairMeanPools, repairPads } from "./pools.ts";
import { repairBilinear, repairNearest } from "./resize.ts";
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
