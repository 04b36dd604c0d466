import { room, roomLike } from "../base/shape.ts";
import type { Tensor } from "../base/tensor.ts";
import { checkConv2d, type Conv2dOptions } from "./conv2d_sizes.ts";
import { depthwise, isDepthwise } from "./fast/depthwise.ts";
import { loadImages } from "./fast/padded.ts";
import { gatherPatches, planPatches } from "./fast/patches.ts";
import { multiply, packStrips, widen } from "./fast/product.ts";

/**
 * Slides each filter of the kernel over the images; at every place the sum of
 * products with the pixels under it, plus the filter's bias.
 *
 * The kernel is not flipped (mathematicians call it cross-correlation).
 * Computed as im2col and a blocked matrix product; sums are kept in float64.
 * Source: Chellapilla et al., "High Performance Convolutional Neural Networks
 * for Document Processing", 2006.
 *
 * @param x Images [N, H, W, Cin].
 * @param kernel Filters [KH, KW, Cin / groups, Cout].
 * @param options `bias` [Cout] none, `strides` 1, `padding` "valid", `dilations`
 * 1 (pixels), `groups` 1.
 * @returns [N, OH, OW, Cout] in the precision of x; sizes by {@linkcode outputLength}.
 * @throws {TypeError} Shapes that do not fit; a padding that is neither word; an
 * unknown option.
 * @throws {RangeError} Strides, dilations or groups that are not whole and 1 or
 * more; groups that do not divide the channels; a kernel larger than the input
 * with padding "valid".
 *
 * @example
 * ```ts
 * import { conv2d, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]);
 * const kernel = tensor([0, 1, 2, 3], [2, 2, 1, 1]);
 * // 0*0 + 1*1 + 3*2 + 4*3 = 19
 * assertEquals([...conv2d(x, kernel).data], [19, 25, 37, 43]);
 * assertEquals(conv2d(x, kernel, { padding: "same" }).shape, [1, 3, 3, 1]);
 * ```
 */
export function conv2d(
  x: Tensor,
  kernel: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  const sizes = checkConv2d("conv2d", x, kernel, options);
  const { batch, outH, outW, cout, groups } = sizes;
  const plan = planPatches("conv2d", sizes);
  const { images, lines, k } = plan;
  const filters = cout / groups;
  const direct = isDepthwise(sizes);
  const wide = widen(kernel.data);
  const strips = Array.from(
    { length: groups },
    (_, g) => packStrips(wide, g * filters, k, filters, cout, 1),
  );
  const bias = new Float64Array(cout + 3);
  if (options.bias) bias.set(options.bias.data);
  const y = roomLike("conv2d", batch * outH * outW * cout, x.data);
  const part = room("conv2d", (images * outH * outW + 3) * cout, "float64");
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    loadImages(sizes, plan.padded, x.data, n, count);
    if (direct) {
      depthwise(plan, wide, bias, part, count * outH);
    }
    for (let g = 0; g < (direct ? 0 : groups); g++) {
      const a = { data: plan.columns, start: 0, step: k };
      const own = bias.subarray(g * filters);
      for (let from = 0; from < count * outH; from += lines) {
        const to = Math.min(from + lines, count * outH);
        gatherPatches(plan, g, from, to);
        const start = from * outW * cout + g * filters;
        const c = { data: part, start, step: cout };
        multiply(a, strips[g], c, (to - from) * outW, k, filters, own);
      }
    }
    const length = count * outH * outW * cout;
    y.set(part.subarray(0, length), n * outH * outW * cout);
  }
  return { shape: [batch, outH, outW, cout], data: y }; // [N, OH, OW, Cout]
}
