import type { Tensor } from "../base/tensor.ts";
import {
  checkConv2d,
  checkConv2dBackward,
  type Conv2dOptions,
  type Conv2dSizes,
} from "./conv2d_sizes.ts";
import { narrow } from "./fast/product.ts";

/** What flows back through a convolution. */
export interface Conv2dGradients {
  /** Gradient for the input [N, H, W, Cin]. */
  dx: Tensor;
  /** Gradient for the kernel [KH, KW, Cin / groups, Cout]. */
  dKernel: Tensor;
  /** Gradient for the bias [Cout]. */
  dBias: Tensor;
}

/**
 * Convolution as its definition reads: seven loops, to read and to test with.
 *
 * Same arguments, result and errors as {@linkcode conv2d}, which is faster.
 *
 * @example
 * ```ts
 * import { conv2dNaive, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]);
 * const kernel = tensor([0, 1, 2, 3], [2, 2, 1, 1]);
 * // 0*0 + 1*1 + 3*2 + 4*3 = 19
 * assertEquals([...conv2dNaive(x, kernel).data], [19, 25, 37, 43]);
 * ```
 */
export function conv2dNaive(
  x: Tensor,
  kernel: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  const sizes = checkConv2d("conv2dNaive", x, kernel, options);
  const { batch, outH, outW, cout } = sizes;
  // Sums are kept in float64, so that y is rounded only once.
  const y = new Float64Array(batch * outH * outW * cout);
  if (options.bias) {
    for (let i = 0; i < y.length; i++) y[i] = options.bias.data[i % cout];
  }
  eachProduct(sizes, (xAt, kernelAt, yAt) => {
    y[yAt] += x.data[xAt] * kernel.data[kernelAt];
  });
  const shape = [batch, outH, outW, cout];
  return { shape, data: narrow(y, x.data) }; // [N, OH, OW, Cout]
}

/**
 * Gradients of a convolution as the chain rule reads.
 *
 * Each product x * k that went into y sends dy * k back to x and dy * x back to
 * the kernel. Same arguments, result and errors as {@linkcode conv2dBackward}.
 *
 * @example
 * ```ts
 * import { conv2dNaiveBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3], [1, 1, 3, 1]);
 * const kernel = tensor([10, 20], [1, 2, 1, 1]);
 * const dy = tensor([1, 1], [1, 1, 2, 1]);
 * const { dx, dKernel } = conv2dNaiveBackward(x, kernel, dy);
 * assertEquals([...dx.data], [10, 30, 20]);
 * assertEquals([...dKernel.data], [3, 5]);
 * ```
 */
export function conv2dNaiveBackward(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Conv2dOptions = {},
): Conv2dGradients {
  const fn = "conv2dNaiveBackward";
  const sizes = checkConv2dBackward(fn, x, kernel, dy, options);
  const dx = new Float64Array(x.data.length);
  const dKernel = new Float64Array(kernel.data.length);
  const dBias = new Float64Array(sizes.cout);
  eachProduct(sizes, (xAt, kernelAt, yAt) => {
    dx[xAt] += dy.data[yAt] * kernel.data[kernelAt];
    dKernel[kernelAt] += dy.data[yAt] * x.data[xAt];
  });
  for (let i = 0; i < dy.data.length; i++) dBias[i % sizes.cout] += dy.data[i];
  return {
    dx: { shape: [...x.shape], data: narrow(dx, x.data) },
    dKernel: { shape: [...kernel.shape], data: narrow(dKernel, x.data) },
    dBias: { shape: [sizes.cout], data: narrow(dBias, x.data) },
  };
}

/** Visits every product x[xAt] * kernel[kernelAt] that is part of y[yAt]. */
function eachProduct(
  sizes: Conv2dSizes,
  visit: (xAt: number, kernelAt: number, yAt: number) => void,
): void {
  const { batch, height, width, cin, kh, kw, cout, groups } = sizes;
  const { outH, outW, strideH, strideW, dilationH, dilationW } = sizes;
  const depth = cin / groups;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        for (let f = 0; f < cout; f++) {
          const first = Math.floor(f / (cout / groups)) * depth;
          const yAt = ((n * outH + i) * outW + j) * cout + f;
          for (let a = 0; a < kh; a++) {
            const row = i * strideH - sizes.top + a * dilationH;
            if (row < 0 || row >= height) continue; // padding: a zero
            for (let b = 0; b < kw; b++) {
              const column = j * strideW - sizes.left + b * dilationW;
              if (column < 0 || column >= width) continue;
              for (let c = 0; c < depth; c++) {
                visit(
                  ((n * height + row) * width + column) * cin + first + c,
                  ((a * kw + b) * depth + c) * cout + f,
                  yAt,
                );
              }
            }
          }
        }
      }
    }
  }
}
