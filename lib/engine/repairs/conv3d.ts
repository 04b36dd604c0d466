import { onCpu, wrap } from "./wrap.ts";

/**
 * The gradients of a convolution over volumes, which wasm computes wrong: the cpu
 * engine's kernels take their place.
 */
export function repairConv3d(): void {
  for (const name of ["Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"]) {
    wrap(name, "wasm", (call) => onCpu(name, call));
  }
}
