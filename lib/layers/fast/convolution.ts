/**
 * The convolution that is fast: im2col and a blocked matrix product.
 *
 * With the windows as rows of a matrix P, y = P * K. So dK = transpose(P) * dy,
 * and dP = dy * transpose(K) is added up where the windows overlap. Sums are
 * kept in float64.
 * Source: Chellapilla et al., "High Performance Convolutional Neural Networks
 * for Document Processing", 2006.
 *
 * @module
 */
import { room, roomLike } from "../../base/shape.ts";
import { type Tensor, zerosLike } from "../../base/tensor.ts";
import { depthwise, depthwiseBackward, isDepthwise } from "./depthwise.ts";
import {
  type Conv2dSizes,
  gatherPatches,
  loadImages,
  planPatches,
  scatterPatches,
  unloadImages,
} from "./patches.ts";
import {
  addColumns,
  addTransposed,
  multiply,
  narrow,
  packStrips,
  upTo4,
  widen,
} from "./product.ts";

/** y [N, OH, OW, Cout]; `fn` stands in messages. */
export function convolve(
  fn: string,
  sizes: Conv2dSizes,
  x: Tensor,
  kernel: Tensor,
  bias?: Tensor,
): Tensor {
  const { batch, outH, outW, cout, groups } = sizes;
  const plan = planPatches(fn, sizes);
  const { images, lines, k } = plan;
  const filters = cout / groups;
  const direct = isDepthwise(sizes);
  const wide = widen(kernel.data);
  const strips = Array.from(
    { length: groups },
    (_, g) => packStrips(wide, g * filters, k, filters, cout, 1),
  );
  const start = new Float64Array(cout + 3);
  if (bias) start.set(bias.data);
  const y = roomLike(fn, batch * outH * outW * cout, x.data);
  const part = room(fn, (images * outH * outW + 3) * cout, "float64");
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    loadImages(sizes, plan.padded, x.data, n, count);
    if (direct) depthwise(plan, wide, start, part, count * outH);
    for (let g = 0; g < (direct ? 0 : groups); g++) {
      const a = { data: plan.columns, start: 0, step: k };
      const own = start.subarray(g * filters);
      for (let from = 0; from < count * outH; from += lines) {
        const to = Math.min(from + lines, count * outH);
        gatherPatches(plan, g, from, to);
        const at = from * outW * cout + g * filters;
        const c = { data: part, start: at, step: cout };
        multiply(a, strips[g], c, (to - from) * outW, k, filters, own);
      }
    }
    const length = count * outH * outW * cout;
    y.set(part.subarray(0, length), n * outH * outW * cout);
  }
  return { shape: [batch, outH, outW, cout], data: y };
}

/** The gradients that are asked for: of the input, of kernel and bias. */
export function convolveBackward(
  fn: string,
  sizes: Conv2dSizes,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  asked: { readonly input: boolean; readonly weights: boolean },
): { dx?: Tensor; weights?: { dKernel: Tensor; dBias: Tensor } } {
  if (!asked.input && !asked.weights) return {};
  const { batch, outH, outW, cout, groups } = sizes;
  const plan = planPatches(fn, sizes);
  const { images, lines, k } = plan;
  const filters = cout / groups;
  const direct = isDepthwise(sizes);
  const wide = widen(kernel.data);
  const strips = Array.from(
    { length: asked.input && !direct ? groups : 0 },
    (_, g) => packStrips(wide, g * filters, filters, k, 1, cout),
  );
  const none = new Float64Array(upTo4(k));
  const dx = asked.input ? zerosLike(x) : undefined;
  const dKernel = new Float64Array(asked.weights ? kernel.data.length : 0);
  const dBias = new Float64Array(cout);
  const part = new Float64Array((images * outH * outW + 4) * cout);
  const target = new Float64Array(asked.input ? plan.padded.length : 0);
  const patches = { data: plan.columns, start: 0, step: k };
  const length = outH * outW * cout;
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    part.set(dy.data.subarray(n * length, (n + count) * length));
    if (asked.weights) {
      addColumns(part, count * length, dBias);
      loadImages(sizes, plan.padded, x.data, n, count);
    }
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
        if (asked.weights) {
          gatherPatches(plan, g, from, to);
          addTransposed(patches, b, c, rows, k, filters);
        }
        if (asked.input) {
          // The windows are used up: their gradient takes their place.
          multiply(b, strips[g], patches, rows, filters, k, none);
          scatterPatches(plan, target, g, from, to);
        }
      }
    }
    if (dx) unloadImages(sizes, target, dx.data, n, count);
  }
  const weights = asked.weights
    ? {
      dKernel: { shape: [...kernel.shape], data: narrow(dKernel, x.data) },
      dBias: { shape: [cout], data: narrow(dBias, x.data) },
    }
    : undefined;
  return { dx, weights };
}
