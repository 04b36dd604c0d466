/**
 * Depthwise convolution: every channel has a filter of its own.
 *
 * A matrix product per channel would have one column, so here the channels,
 * which are neighbours in memory, are the inner loop.
 *
 * @module
 */
import { type Conv2dSizes, lineStart, type Patches } from "./patches.ts";

/** Whether a convolution has one input and one output channel a group. */
export function isDepthwise(sizes: Conv2dSizes): boolean {
  const { groups, cin, cout } = sizes;
  return groups > 1 && groups === cin && groups === cout;
}

/** The first `to` output lines of the chunk in `plan.padded`, into y. */
export function depthwise(
  plan: Patches,
  kernel: Float64Array,
  bias: Float64Array,
  y: Float64Array,
  to: number,
): void {
  const { sizes, taps, padded } = plan;
  const channels = sizes.cin;
  const step = sizes.strideW * channels;
  let at = 0;
  for (let line = 0; line < to; line++) {
    let window = lineStart(sizes, line, 0);
    for (let j = 0; j < sizes.outW; j++, window += step, at += channels) {
      for (let c = 0; c < channels; c++) y[at + c] = bias[c];
      for (let t = 0; t < taps.length; t++) {
        const p = window + taps[t];
        const q = t * channels;
        for (let c = 0; c < channels; c++) {
          y[at + c] += padded[p + c] * kernel[q + c];
        }
      }
    }
  }
}

/** Adds to the gradients of kernel and chunk, where the arrays have room. */
export function depthwiseBackward(
  plan: Patches,
  kernel: Float64Array,
  dy: Float64Array,
  dKernel: Float64Array,
  target: Float64Array,
  to: number,
): void {
  const { sizes, taps, padded } = plan;
  const channels = sizes.cin;
  const ofKernel = Math.min(channels, dKernel.length);
  const ofInput = Math.min(channels, target.length);
  const step = sizes.strideW * channels;
  let at = 0;
  for (let line = 0; line < to; line++) {
    let window = lineStart(sizes, line, 0);
    for (let j = 0; j < sizes.outW; j++, window += step, at += channels) {
      for (let t = 0; t < taps.length; t++) {
        const p = window + taps[t];
        const q = t * channels;
        for (let c = 0; c < ofKernel; c++) {
          dKernel[q + c] += padded[p + c] * dy[at + c];
        }
        for (let c = 0; c < ofInput; c++) {
          target[p + c] += kernel[q + c] * dy[at + c];
        }
      }
    }
  }
}
