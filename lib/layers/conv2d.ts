import {
  checkCount,
  checkPair,
  checkRank,
  checkShape,
  checkTensor,
  type Pair,
} from "../base/check.ts";
import { settle } from "../base/options.ts";
import { shapeText, sizeOf, type Tensor } from "../base/tensor.ts";
import {
  define,
  fitting,
  imageShape,
  type Kind,
  type Settled,
  type Shape,
  strideLabel,
  type Window,
  windowLabel,
} from "./define.ts";
import { convolve, convolveBackward } from "./fast/convolution.ts";
import type { Conv2dSizes } from "./fast/patches.ts";
import { narrow } from "./fast/product.ts";
import { axes, count, flag, padding } from "./setting.ts";
import { groupedConv2d, tfjsConvolution } from "./tfjs/convolution.ts";
import { type Padding, slidingGrid } from "./window.ts";

/** How a convolution slides over its input. */
export interface Conv2dOptions {
  /** One number added to each output channel: [Cout]. None unless told. */
  bias?: Tensor;
  /** Step of the window in pixels, down and across; 1 unless told. */
  strides?: Pair;
  /** "valid" unless told. */
  padding?: Padding;
  /** Distance between the kernel's neighbours in pixels; 1 unless told. */
  dilations?: Pair;
  /** Parts of the channels that are convolved by themselves; 1 unless told. */
  groups?: number;
}

/**
 * Slides each filter of the kernel over the images; at every place the sum of
 * products with the pixels under it, plus the filter's bias.
 *
 * The kernel is not flipped (mathematicians call it cross-correlation).
 * {@linkcode conv2dNaive} shows the loops; this computes the same as a blocked
 * matrix product.
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
  return convolve("conv2d", sizes, x, kernel, options.bias);
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
  const { batch, height, width, cin, cout, groups, outH, outW } = sizes;
  const { sizeH: kh, sizeW: kw, strideH, strideW, dilationH, dilationW } =
    sizes;
  const depth = cin / groups; // input channels of one filter
  // Sums are kept in float64, so that y is rounded only once.
  const y = new Float64Array(batch * outH * outW * cout);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        for (let f = 0; f < cout; f++) {
          const first = Math.floor(f / (cout / groups)) * depth;
          let sum = options.bias ? options.bias.data[f] : 0;
          for (let a = 0; a < kh; a++) {
            const row = i * strideH - sizes.top + a * dilationH;
            if (row < 0 || row >= height) continue; // padding: a zero
            for (let b = 0; b < kw; b++) {
              const column = j * strideW - sizes.left + b * dilationW;
              if (column < 0 || column >= width) continue;
              const pixel = ((n * height + row) * width + column) * cin + first;
              for (let c = 0; c < depth; c++) {
                const weight = ((a * kw + b) * depth + c) * cout + f;
                sum += x.data[pixel + c] * kernel.data[weight];
              }
            }
          }
          y[((n * outH + i) * outW + j) * cout + f] = sum;
        }
      }
    }
  }
  const shape = [batch, outH, outW, cout];
  return { shape, data: narrow(y, x.data) }; // [N, OH, OW, Cout]
}

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
 * Gradients of {@linkcode conv2d} for its input, its kernel and its bias.
 *
 * {@linkcode conv2dNaiveBackward} shows the loops.
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
  const all = { input: true, weights: true };
  const { dx, weights } = convolveBackward(fn, sizes, x, kernel, dy, all);
  return { dx: dx!, ...weights! };
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
  const asked = { input: false, weights: true };
  return convolveBackward(fn, sizes, x, kernel, dy, asked).weights!;
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
  const { batch, height, width, cin, cout, groups, outH, outW } = sizes;
  const { sizeH: kh, sizeW: kw, strideH, strideW, dilationH, dilationW } =
    sizes;
  const depth = cin / groups;
  const dx = new Float64Array(x.data.length);
  const dKernel = new Float64Array(kernel.data.length);
  const dBias = new Float64Array(cout);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        for (let f = 0; f < cout; f++) {
          const first = Math.floor(f / (cout / groups)) * depth;
          const given = dy.data[((n * outH + i) * outW + j) * cout + f];
          dBias[f] += given;
          for (let a = 0; a < kh; a++) {
            const row = i * strideH - sizes.top + a * dilationH;
            if (row < 0 || row >= height) continue;
            for (let b = 0; b < kw; b++) {
              const column = j * strideW - sizes.left + b * dilationW;
              if (column < 0 || column >= width) continue;
              const pixel = ((n * height + row) * width + column) * cin + first;
              for (let c = 0; c < depth; c++) {
                const weight = ((a * kw + b) * depth + c) * cout + f;
                dx[pixel + c] += given * kernel.data[weight];
                dKernel[weight] += given * x.data[pixel + c];
              }
            }
          }
        }
      }
    }
  }
  return {
    dx: { shape: [...x.shape], data: narrow(dx, x.data) },
    dKernel: { shape: [...kernel.shape], data: narrow(dKernel, x.data) },
    dBias: { shape: [cout], data: narrow(dBias, x.data) },
  };
}

/**
 * Shape of a convolution's output.
 *
 * @param xShape Input [N, H, W, Cin].
 * @param kernelShape Kernel [KH, KW, Cin / groups, Cout].
 * @param options `strides` 1, `padding` "valid", `dilations` 1, `groups` 1.
 * @returns [N, OH, OW, Cout].
 * @throws {TypeError} Shapes that do not fit; a padding that is neither word.
 * @throws {RangeError} Strides, dilations or groups that are not whole and 1 or
 * more; groups that do not divide the channels; a kernel larger than the input
 * with padding "valid".
 *
 * @example
 * ```ts
 * import { conv2dShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(conv2dShape([64, 28, 28, 1], [5, 5, 1, 6]), [64, 24, 24, 6]);
 * ```
 */
export function conv2dShape(
  xShape: readonly number[],
  kernelShape: readonly number[],
  options: Conv2dOptions = {},
): [number, number, number, number] {
  const sizes = conv2dSizes("conv2dShape", xShape, kernelShape, options);
  return [sizes.batch, sizes.outH, sizes.outW, sizes.cout];
}

/**
 * Shape of the kernel that `filters` filters need: [KH, KW, Cin / groups, filters].
 *
 * @example
 * ```ts
 * import { conv2dKernelShape } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = conv2dKernelShape([64, 28, 28, 3], { filters: 6, kernelSize: 5 });
 * assertEquals(shape, [5, 5, 3, 6]);
 * ```
 */
export function conv2dKernelShape(
  xShape: readonly number[],
  options: { filters: number; kernelSize: Pair; groups?: number },
): [number, number, number, number] {
  const fn = "conv2dKernelShape";
  const { filters, kernelSize, groups } = settle(fn, options, {
    filters: undefined,
    kernelSize: undefined,
    groups: 1,
  });
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  checkCount(fn, "filters", filters);
  const [kh, kw] = checkPair(fn, "kernelSize", kernelSize);
  checkGroups(fn, groups, xShape[3], filters);
  return [kh, kw, xShape[3] / groups, filters];
}

/** Checks shapes and options for the function `fn` and works out all sizes. */
export function conv2dSizes(
  fn: string,
  xShape: readonly number[],
  kernelShape: readonly number[],
  options: Conv2dOptions,
): Conv2dSizes {
  const { bias, groups, ...window } = settle(fn, options, {
    bias: undefined,
    strides: 1,
    padding: "valid",
    dilations: 1,
    groups: 1,
  });
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  checkRank(fn, "a kernel", kernelShape, "[KH, KW, Cin / groups, Cout]");
  const cin = xShape[3];
  const [, , depth, cout] = kernelShape;
  checkGroups(fn, groups, cin, cout);
  if (depth !== cin / groups) {
    const per = groups === 1 ? "Cin" : `Cin / groups = ${cin} / ${groups}`;
    throw new TypeError(
      `${fn}() expects a kernel [KH, KW, ${
        cin / groups
      }, Cout] for an input with ${cin} channels but found ${
        shapeText(kernelShape)
      }: the third kernel axis is ${per}`,
    );
  }
  const grid = slidingGrid(fn, xShape, kernelShape, window);
  if (bias !== undefined) {
    const remedy = "a bias has one number for each output channel";
    checkShape(fn, "a bias", bias, [cout], remedy);
  }
  return { ...grid, cin, cout, groups };
}

/** Throws unless both numbers of channels can be cut into `groups` parts. */
function checkGroups(fn: string, groups: number, cin: number, cout: number) {
  checkCount(fn, "groups", groups);
  if (cin % groups !== 0 || cout % groups !== 0) {
    throw new RangeError(
      `${fn}() expects groups that divide ${cin} input and ${cout} output channels but found ${groups}: use a common divisor`,
    );
  }
}

/** Checks the tensors of a forward convolution and works out all sizes. */
function checkConv2d(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  options: Conv2dOptions,
): Conv2dSizes {
  checkTensor(fn, "x", x);
  checkTensor(fn, "a kernel", kernel);
  return conv2dSizes(fn, x.shape, kernel.shape, options);
}

/** Checks the tensors of a backward convolution and works out all sizes. */
function checkConv2dBackward(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
  options: Conv2dOptions,
): Conv2dSizes {
  const sizes = checkConv2d(fn, x, kernel, options);
  const { batch, outH, outW, cout } = sizes;
  const remedy = "dy has the shape of conv2d()'s output with the same options";
  checkShape(fn, "dy", dy, [batch, outH, outW, cout], remedy);
  return sizes;
}

/** A window that slides over the image: a dot product with each of `filters` kernels. */
export interface ConvLayer extends Readonly<Omit<Conv2dOptions, "bias">> {
  readonly kind: "conv2d";
  readonly name?: string;
  /** false: training leaves the weights as they are; true unless told. */
  readonly trainable?: boolean;
  /** Number of kernels, and of output channels. */
  readonly filters: number;
  /** Height and width of a kernel in pixels. */
  readonly kernelSize: Pair;
  /** true unless told. */
  readonly useBias?: boolean;
}

type Settings = Settled<ConvLayer>;

/** What conv2d() has to know besides the kernel. */
const slide = ({ strides, padding, dilations, groups }: Settings) => ({
  strides,
  padding,
  dilations,
  groups,
});

/** What its window covers. */
const windowOf = (
  { kernelSize: [kh, kw], dilations: [dh, dw], strides, padding }: Settings,
): Window => ({
  size: [(kh - 1) * dh + 1, (kw - 1) * dw + 1],
  strides,
  padding,
});

const kernelShape = (
  input: Shape,
  { filters, kernelSize, groups }: Settings,
) => conv2dKernelShape([1, ...input], { filters, kernelSize, groups });

/** A convolution in a network. */
export const conv2dLayer: Kind<ConvLayer> = define({
  kind: "conv2d",
  settings: {
    filters: count(),
    kernelSize: axes(),
    strides: axes(1),
    padding,
    dilations: axes(1),
    groups: count(1),
    useBias: flag(true),
  },
  short: "conv",
  shape(input, settings) {
    const { filters, groups } = settings;
    const channels = imageShape(input)[2];
    if (channels % groups !== 0 || filters % groups !== 0) {
      throw new RangeError(
        `expects groups that divide the ${channels} input channels and the ${filters} filters but found ${groups}: choose a common divisor`,
      );
    }
    const image = fitting(input, windowOf(settings));
    return conv2dShape(image, kernelShape(input, settings), slide(settings))
      .slice(1);
  },
  weights: (input, settings) => ({
    kernel: { shape: kernelShape(input, settings), start: "drawn" },
    ...(settings.useBias && { bias: { shape: [settings.filters], start: 0 } }),
  }),
  run(x, { kernel, bias }, settings) {
    const options = slide(settings);
    return [conv2d(x, kernel, { ...options, bias }), (dy, now) => {
      const fn = "conv2dBackward";
      const sizes = checkConv2dBackward(fn, x, kernel, dy, options);
      const gradients = (from: Tensor, input: boolean, weights: boolean) =>
        convolveBackward(fn, sizes, x, from, dy, { input, weights });
      const learns = settings.trainable !== false;
      const { dx, weights } = gradients(kernel, now, learns);
      // Training may change the kernel before anyone asks for dx.
      const then = now ? kernel : { ...kernel, data: kernel.data.slice() };
      return {
        dx: () => dx ?? gradients(then, true, false).dx!,
        weights: weights && { kernel: weights.dKernel, bias: weights.dBias },
      };
    }];
  },
  multiplyAdds: ([, , channels], output, { kernelSize: [kh, kw], groups }) =>
    sizeOf(output) * kh * kw * channels / groups,
  window: windowOf,
  label({ filters, kernelSize, strides, groups }) {
    const parts = groups > 1 ? `, ${groups} groups` : "";
    return `${windowLabel(kernelSize)} conv ${filters}${
      strideLabel(strides)
    }${parts}`;
  },
  family: "convolution",
  tfjs: tfjsConvolution,
  tfjsClass: groupedConv2d,
  is: ({ name, config }) =>
    (name === "Conv2D" || name === "DepthwiseConv2D") &&
    config.activation === "linear",
  passes: [{
    during: "use",
    behind: [
      ["batchNorm", "relu"],
      ["batchNorm", "relu6"],
      ["batchNorm"],
      ["relu"],
      ["relu6"],
    ],
  }],
});
