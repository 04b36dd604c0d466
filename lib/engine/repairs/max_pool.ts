import * as tf from "@tensorflow/tfjs";
import { findWinners } from "../../layers/max_pool2d.ts";
import { type Call, wrap } from "./wrap.ts";

/** What we use of tfjs's cpu backend. */
export interface CpuBackend {
  data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(
    shape: readonly number[],
    dtype: tf.DataType,
    values: Float32Array,
  ): tf.TensorInfo;
}

/** Max pooling on cpu, which loses NaN there; ours does the same on wasm. */
export function repairMaxPool(): void {
  const winners = (call: Call, x: tf.TensorInfo) => {
    const { filterSize, strides, pad, dimRoundingMode } = call
      .attrs as unknown as {
        filterSize: number;
        strides: number;
        pad: number;
        dimRoundingMode: "floor";
      };
    const info = tf.backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      ...[filterSize, strides, 1, pad, dimRoundingMode] as const,
    );
    const values = (call.backend as unknown as CpuBackend).data
      .get(x.dataId).values;
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
    return { places, values, shape: info.outShape };
  };
  wrap("MaxPool", "cpu", (call, stock) => {
    const x = call.inputs.x!;
    if (x.dtype !== "float32") return stock(call);
    const { places, values, shape } = winners(call, x);
    const y = Float32Array.from(places, (at) => values[at]);
    return (call.backend as unknown as CpuBackend)
      .makeTensorInfo(shape, "float32", y);
  });
  wrap("MaxPoolGrad", "cpu", (call, stock) => {
    const { dy, input } = call.inputs;
    if (input!.dtype !== "float32") return stock(call);
    const backend = call.backend as unknown as CpuBackend;
    const { places, values } = winners(call, input!);
    const given = backend.data.get(dy!.dataId).values;
    const dx = new Float32Array(values.length);
    places.forEach((at, i) => dx[at] += given[i]);
    return backend.makeTensorInfo(input!.shape, "float32", dx);
  });
}
