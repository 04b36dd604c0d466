import { settle } from "../base/options.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import {
  checkCount,
  checkPair,
  checkRank,
  checkShape,
  checkTensor,
  type Pair,
} from "../base/check.ts";
import { type Padding, windowPlaces } from "./window.ts";

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

/** All the numbers of one convolution, checked. */
export interface Conv2dSizes {
  batch: number;
  height: number;
  width: number;
  cin: number;
  kh: number;
  kw: number;
  cout: number;
  groups: number;
  strideH: number;
  strideW: number;
  dilationH: number;
  dilationW: number;
  top: number;
  left: number;
  bottom: number;
  right: number;
  outH: number;
  outW: number;
}

/** Checks shapes and options for the function `fn` and works out all sizes. */
export function conv2dSizes(
  fn: string,
  xShape: readonly number[],
  kernelShape: readonly number[],
  options: Conv2dOptions,
): Conv2dSizes {
  const { bias, strides, padding, dilations, groups } = settle(fn, options, {
    bias: undefined,
    strides: 1,
    padding: "valid",
    dilations: 1,
    groups: 1,
  });
  checkRank(fn, "x", xShape, "[N, H, W, Cin]");
  checkRank(fn, "a kernel", kernelShape, "[KH, KW, Cin / groups, Cout]");
  const [strideH, strideW] = checkPair(fn, "strides", strides);
  const [dilationH, dilationW] = checkPair(fn, "dilations", dilations);
  const [batch, height, width, cin] = xShape;
  const [kh, kw, depth, cout] = kernelShape;
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
  const rows = windowPlaces(fn, "height", height, {
    size: kh,
    stride: strideH,
    padding,
    dilation: dilationH,
  });
  const columns = windowPlaces(fn, "width", width, {
    size: kw,
    stride: strideW,
    padding,
    dilation: dilationW,
  });
  if (bias !== undefined) {
    const remedy = "a bias has one number for each output channel";
    checkShape(fn, "a bias", bias, [cout], remedy);
  }
  return {
    ...{ batch, height, width, cin, kh, kw, cout, groups },
    ...{ strideH, strideW, dilationH, dilationW },
    ...{ top: rows.before, bottom: rows.after },
    ...{ left: columns.before, right: columns.after },
    ...{ outH: rows.length, outW: columns.length },
  };
}

/** Throws unless both numbers of channels can be cut into `groups` parts. */
export function checkGroups(
  fn: string,
  groups: number,
  cin: number,
  cout: number,
): void {
  checkCount(fn, "groups", groups);
  if (cin % groups !== 0 || cout % groups !== 0) {
    throw new RangeError(
      `${fn}() expects groups that divide ${cin} input and ${cout} output channels but found ${groups}: use a common divisor`,
    );
  }
}

/** Checks the tensors of a forward convolution and works out all sizes. */
export function checkConv2d(
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
export function checkConv2dBackward(
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
