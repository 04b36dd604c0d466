import * as tf from "@tensorflow/tfjs";
import { findWinners } from "../../layers/max_pool2d.ts";
import {
  type Attributes,
  type Info,
  type KernelCall,
  poolInfo,
  wrapGradient,
  wrapKernel,
} from "../stock.ts";

/** What we use of tfjs's cpu backend. */
export interface CpuBackend {
  data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(
    shape: readonly number[],
    dtype: tf.DataType,
    values: Float32Array,
  ): Info;
}

/** Max pooling on cpu, which loses NaN there; ours does the same on wasm. */
export function repairMaxPool(): void {
  const winners = ({ attrs }: KernelCall, values: Float32Array, x: Info) => {
    const info = poolInfo(x.shape, attrs);
    const places = findWinners(Float64Array.from(values), {
      batch: info.batchSize,
      height: info.inHeight,
      width: info.inWidth,
      channels: info.inChannels,
      outH: info.outHeight,
      outW: info.outWidth,
      sizeH: info.filterHeight,
      sizeW: info.filterWidth,
      strideH: info.strideHeight,
      strideW: info.strideWidth,
      top: info.padInfo.top,
      left: info.padInfo.left,
    });
    return { places, shape: info.outShape };
  };
  wrapKernel("MaxPool", "cpu", (call, stock) => {
    const x = call.inputs.x!, cpu = call.backend as CpuBackend;
    if (x.dtype !== "float32") return stock(call);
    const { values } = cpu.data.get(x.dataId);
    const { places, shape } = winners(call, values, x);
    const y = Float32Array.from(places, (at) => values[at]);
    return cpu.makeTensorInfo(shape, "float32", y);
  });
  wrapKernel("MaxPoolGrad", "cpu", (call, stock) => {
    const input = call.inputs.input!, cpu = call.backend as CpuBackend;
    if (input.dtype !== "float32") return stock(call);
    const { values } = cpu.data.get(input.dataId);
    const given = cpu.data.get(call.inputs.dy!.dataId).values;
    const dx = new Float32Array(values.length);
    winners(call, values, input).places
      .forEach((at, i) => dx[at] += given[i]);
    return cpu.makeTensorInfo(input.shape, "float32", dx);
  });
}

/**
 * The gradients of mean pooling, in two and three dimensions.
 *
 * tfjs's forward divides a window's sum by its pixels on the image; its gradient
 * divides by the whole window, also where only a part lies on the image. So the
 * gradient of each window is scaled by the whole window over that part before.
 */
export function repairMeanPools(): void {
  for (const name of ["AvgPool", "AvgPool3D"]) {
    wrapGradient(name, (dy, saved, attrs, stock) => {
      const scales = windowScales(name, saved[0].shape, attrs);
      const scaled = scales.reduce((value, scale, axis) => {
        if (scale.every((one) => one === 1)) return value;
        const shape = value.shape.map((_, i) => i === axis + 1 ? -1 : 1);
        return tf.mul(value, tf.reshape(tf.tensor1d(scale), shape));
      }, dy);
      return stock(scaled, saved, attrs);
    });
  }
}

/** For each axis and window: its length over the part on the image. */
function windowScales(
  name: string,
  shape: number[],
  attrs: Attributes,
): number[][] {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const both = typeof pad === "number" && pad > 0
    ? [[0, 0], [pad, pad], [pad, pad], [0, 0]]
    : pad;
  const info: Attributes = name === "AvgPool"
    ? poolInfo(shape, { ...attrs, pad: both })
    : tf.backend_util.computePool3DInfo(
      shape as [number, number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
  const sides = [["Height", "top"], ["Width", "left"]];
  if (name === "AvgPool3D") sides.unshift(["Depth", "front"]);
  return sides.map(([axis, before]) =>
    Array.from({ length: info[`out${axis}`] }, (_, i) => {
      const size = info[`filter${axis}`];
      const start = i * info[`stride${axis}`] - info.padInfo[before];
      const end = Math.min(start + size, info[`in${axis}`]);
      return size / (end - Math.max(start, 0));
    })
  );
}

/** The kernels that take a number of pixels as padding. */
const PADDED = [
  "Conv2D",
  "FusedConv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "DepthwiseConv2dNative",
  "FusedDepthwiseConv2D",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "MaxPool",
  "MaxPoolGrad",
  "AvgPool",
  "AvgPoolGrad",
];

/**
 * Padding by a number of pixels.
 *
 * tfjs gives both axes the output length of the first one's window and stride,
 * so unequal ones lead to wrong shapes, and on wasm to writing outside. Pads
 * that are written out for each side are counted right.
 */
export function repairPads(backendName: "wasm" | "cpu"): void {
  for (const name of PADDED) {
    wrapKernel(name, backendName, (call, stock) => {
      const { pad, dataFormat } = call.attrs as Attributes;
      if (typeof pad !== "number" || pad === 0) return stock(call);
      const none = [0, 0], both = [pad, pad];
      const pads = dataFormat === "NCHW"
        ? [none, none, both, both]
        : [none, both, both, none];
      return stock({ ...call, attrs: { ...call.attrs, pad: pads } });
    });
  }
}
