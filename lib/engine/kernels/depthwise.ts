/**
 * A depthwise convolution with its gradients: what MobileNet-like nets need to
 * train.
 *
 * tfjs's own forward gives zeros where "same" meets a stride that is longer than
 * the kernel, and turns NaN into -Infinity.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { activate, knows } from "./activate.ts";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import {
  type Info as Conv,
  partsOf,
  productsOf,
  sumCount,
  taskCount,
} from "./geometry.ts";
import {
  allFloat,
  type Attributes,
  type Inputs,
  register,
  type Shape4,
  sizeOf,
} from "./register.ts";

type Info = tf.TensorInfo;

/** Registers DepthwiseConv2dNative, fused or not, and both gradients. */
export function registerDepthwise(): void {
  const describe = (x: number[], filter: number[], attrs: Attributes) =>
    tf.backend_util.computeConv2DInfo(
      x as Shape4,
      filter as Shape4,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
      true,
    );
  const sizes = (info: Conv) => ({
    images: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    multiplier: info.outChannels / info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    windowY: info.filterHeight,
    windowX: info.filterWidth,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    dilationY: info.dilationHeight,
    dilationX: info.dilationWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  });
  /** These loops are about four times as slow as a product. */
  const work = (info: Conv) => 4 * productsOf(info) / info.inChannels;
  /** Groups of images. */
  const groups = (info: Conv, count: number) =>
    partsOf(info, Math.min(info.batchSize, count));
  registerForward((engine, { x, filter }, attrs) => {
    const info = describe(x.shape, filter.shape, attrs);
    const out = engine.output(info.outShape), to = engine.address(out);
    const from = engine.address(x), filters = engine.address(filter);
    engine.parallel(
      partsOf(info, taskCount(work(info))).map(({ info, x, y }) => [
        wasm.depthwise({ x: from + x, filters, out: to + y, ...sizes(info) }),
      ]),
    );
    return out;
  }, describe);
  register(
    "DepthwiseConv2dNativeBackpropFilter",
    (engine, { x, dy }, attrs) => {
      if (!allFloat(x, dy)) return undefined;
      const out = engine.output(attrs.filterShape), to = engine.address(out);
      const bytes = sizeOf(attrs.filterShape) * 4;
      const info = describe(x.shape, attrs.filterShape, attrs);
      const parts = groups(info, sumCount(work(info)));
      const [sums] = engine.scratch(parts.length * bytes);
      const from = engine.address(x), given = engine.address(dy);
      engine.parallel(parts.map(({ info, x, y }, i) => [
        wasm.clear({ out: sums + i * bytes, bytes }),
        wasm.depthwiseFilterGradient({
          x: from + x,
          dy: given + y,
          out: sums + i * bytes,
          ...sizes(info),
        }),
      ]));
      engine.run(wasm.addParts({
        from: sums,
        step: bytes,
        parts: parts.length,
        size: bytes / 4,
        out: to,
      }));
      return out;
    },
  );
  register(
    "DepthwiseConv2dNativeBackpropInput",
    (engine, { dy, filter }, attrs) => {
      if (!allFloat(dy, filter)) return undefined;
      const out = engine.output(attrs.inputShape), to = engine.address(out);
      const info = describe(attrs.inputShape, filter.shape, attrs);
      const image = info.inHeight * info.inWidth * info.inChannels * 4;
      const filters = engine.address(filter), given = engine.address(dy);
      engine.parallel(
        groups(info, taskCount(work(info))).map(({ info, x, y }) => [
          wasm.clear({ out: to + x, bytes: info.batchSize * image }),
          wasm.depthwiseInputGradient({
            filters,
            dy: given + y,
            out: to + x,
            ...sizes(info),
          }),
        ]),
      );
      return out;
    },
  );
}

/**
 * Ours, and for several output channels of one input channel, or very few, tfjs's
 * with its padding written out; ours again where that one's result is not finite.
 */
function registerForward(
  own: (engine: Engine, inputs: Inputs, attrs: Attributes) => Info,
  describe: (x: number[], filter: number[], attrs: Attributes) => Conv,
): void {
  const stock = tf.getKernel("DepthwiseConv2dNative", "wasm");
  register("DepthwiseConv2dNative", (engine, inputs, attrs) => {
    const { x, filter } = inputs;
    if (!allFloat(x, filter) || (attrs.dataFormat ?? "NHWC") !== "NHWC") {
      return undefined;
    }
    // One output channel for each input channel: ours is faster, and on all threads.
    const [, , channels, multiplier] = filter.shape;
    if (multiplier === 1 && channels >= 4) return own(engine, inputs, attrs);
    const { top, bottom, left, right } = describe(x.shape, filter.shape, attrs)
      .padInfo;
    const pad = [[0, 0], [top, bottom], [left, right], [0, 0]];
    const out = stock.kernelFunc({
      inputs: inputs as tf.NamedTensorInfoMap,
      attrs: { ...attrs, pad },
      backend: engine.backend,
    }) as Info;
    const all = { x: engine.address(out), size: sizeOf(out.shape) };
    if (engine.run(wasm.strays(all)) === 0) return out;
    engine.backend.disposeData(out.dataId);
    return own(engine, inputs, attrs);
  });
  register("FusedDepthwiseConv2D", (_, inputs, attrs) => {
    const { x, filter, bias } = inputs;
    if (!allFloat(x, filter, bias) || !knows(attrs.activation ?? "linear")) {
      return undefined;
    }
    const y = tf.engine().runKernel(
      "DepthwiseConv2dNative",
      { x, filter } as unknown as tf.NamedTensorMap,
      attrs,
    ) as tf.Tensor;
    return activate(y, inputs, attrs);
  });
}
