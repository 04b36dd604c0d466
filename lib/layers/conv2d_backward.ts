import { type Tensor, zerosLike } from "../base/tensor.ts";
import type { Conv2dGradients } from "./conv2d_naive.ts";
import {
  checkConv2dBackward,
  type Conv2dOptions,
  type Conv2dSizes,
} from "./conv2d_sizes.ts";
import { depthwiseBackward, isDepthwise } from "./fast/depthwise.ts";
import { loadImages, unloadImages } from "./fast/padded.ts";
import { gatherPatches, planPatches, scatterPatches } from "./fast/patches.ts";
import {
  addColumns,
  multiply,
  narrow,
  packStrips,
  upTo4,
  widen,
} from "./fast/product.ts";
import { addTransposed } from "./fast/product_transposed.ts";

/**
 * Gradients of {@linkcode conv2d} for its input, its kernel and its bias.
 *
 * With the windows as rows of a matrix P, y = P * K. So dK = transpose(P) * dy,
 * and dP = dy * transpose(K) is added up where the windows overlap.
 *
 * @param x Images [N, H, W, Cin].
 * @param kernel Filters [KH, KW, Cin / groups, Cout].
 * @param dy Gradient of the loss for conv2d()'s output [N, OH, OW, Cout].
 * @param options The options that conv2d() had.
 * @returns `dx` like x, `dKernel` like the kernel, `dBias` [Cout].
 * @throws {TypeError} As conv2d(); a dy that has not the output's shape.
 * @throws {RangeError} As conv2d().
 *
 * @example
 * ```ts
 * import { conv2dBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3], [1, 1, 3, 1]);
 * const kernel = tensor([10, 20], [1, 2, 1, 1]);
 * const dy = tensor([1, 1], [1, 1, 2, 1]);
 * const { dx, dKernel, dBias } = conv2dBackward(x, kernel, dy);
 * assertEquals([...dx.data], [10, 30, 20]);
 * assertEquals([...dKernel.data], [3, 5]); // 1 + 2 and 2 + 3
 * assertEquals([...dBias.data], [2]);
 * ```
 */
export function conv2dBackward(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Conv2dOptions = {},
): Conv2dGradients {
  const fn = "conv2dBackward";
  const sizes = checkConv2dBackward(fn, x, kernel, dy, options);
  const dx = zerosLike(x);
  return { dx, ...collect(fn, sizes, x, kernel, dy, dx) };
}

/**
 * {@linkcode conv2dBackward} without `dx`: enough for a network's first layer.
 *
 * @example
 * ```ts
 * import { conv2dKernelBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3], [1, 1, 3, 1]);
 * const kernel = tensor([10, 20], [1, 2, 1, 1]);
 * const dy = tensor([1, 1], [1, 1, 2, 1]);
 * assertEquals([...conv2dKernelBackward(x, kernel, dy).dKernel.data], [3, 5]);
 * ```
 */
export function conv2dKernelBackward(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Conv2dOptions = {},
): { dKernel: Tensor; dBias: Tensor } {
  const fn = "conv2dKernelBackward";
  const sizes = checkConv2dBackward(fn, x, kernel, dy, options);
  return collect(fn, sizes, x, kernel, dy);
}

/** Collects dKernel and dBias over the chunks, and fills dx where it is asked for. */
function collect(
  fn: string,
  sizes: Conv2dSizes,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  dx?: Tensor,
): { dKernel: Tensor; dBias: Tensor } {
  const { batch, outH, outW, cout, groups } = sizes;
  const plan = planPatches(fn, sizes);
  const { images, lines, k } = plan;
  const filters = cout / groups;
  const direct = isDepthwise(sizes);
  const wide = widen(kernel.data);
  const strips = Array.from(
    { length: groups },
    (_, g) => packStrips(wide, g * filters, filters, k, 1, cout),
  );
  const none = new Float64Array(upTo4(k));
  const dKernel = new Float64Array(kernel.data.length);
  const dBias = new Float64Array(cout);
  const part = new Float64Array((images * outH * outW + 4) * cout);
  const target = new Float64Array(dx === undefined ? 0 : plan.padded.length);
  const patches = { data: plan.columns, start: 0, step: k };
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    const length = outH * outW * cout;
    part.set(dy.data.subarray(n * length, (n + count) * length));
    addColumns(part, count * length, dBias);
    loadImages(sizes, plan.padded, x.data, n, count);
    target.fill(0);
    if (direct) {
      depthwiseBackward(plan, wide, part, dKernel, target, count * outH);
    }
    for (let g = 0; g < (direct ? 0 : groups); g++) {
      const c = { data: dKernel, start: g * filters, step: cout };
      for (let from = 0; from < count * outH; from += lines) {
        const to = Math.min(from + lines, count * outH);
        const rows = (to - from) * outW;
        const start = from * outW * cout + g * filters;
        const b = { data: part, start, step: cout };
        gatherPatches(plan, g, from, to);
        addTransposed(patches, b, c, rows, k, filters);
        if (dx === undefined) continue;
        // The windows are used up: their gradient takes their place.
        multiply(b, strips[g], patches, rows, filters, k, none);
        scatterPatches(plan, target, g, from, to);
      }
    }
    if (dx !== undefined) unloadImages(sizes, target, dx.data, n, count);
  }
  return {
    dKernel: { shape: [...kernel.shape], data: narrow(dKernel, x.data) },
    dBias: { shape: [cout], data: narrow(dBias, x.data) },
  };
}
