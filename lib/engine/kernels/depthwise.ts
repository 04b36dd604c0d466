/**
 * A depthwise convolution with its gradients, and sums by segment: what
 * MobileNet-like nets and embeddings need to train.
 *
 * tfjs's own forward gives zeros where "same" meets a stride that is longer than
 * the kernel, and turns NaN into -Infinity.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { activate, knows } from "./activate.ts";
import type { Engine } from "./engine.ts";
import {
  type Info as Conv,
  partsOf,
  productsOf,
  taskCount,
} from "./geometry.ts";
import {
  allFloat,
  type Attributes,
  type Inputs,
  register,
} from "./register.ts";

type Info = tf.TensorInfo;
type Shape4 = [number, number, number, number];

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
  const numbers = (info: Conv) => [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    ...[info.outChannels / info.inChannels, info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth],
    ...[info.strideHeight, info.strideWidth],
    ...[info.dilationHeight, info.dilationWidth],
    ...[info.padInfo.top, info.padInfo.left],
  ];
  /** How many tasks: these loops are about four times as slow as a product. */
  const tasks = (info: Conv, most?: number) =>
    taskCount(4 * productsOf(info) / info.inChannels, most);
  /** Groups of images. */
  const groups = (info: Conv, most?: number) =>
    partsOf(info, Math.min(info.batchSize, tasks(info, most)));
  registerForward((engine, { x, filter }, attrs) => {
    const info = describe(x.shape, filter.shape, attrs);
    const out = engine.output(info.outShape), to = engine.address(out);
    const from = engine.address(x), kernel = engine.address(filter);
    engine.parallel(
      partsOf(info, tasks(info)).map((part) => [[
        "depthwise",
        ...[from + part.x, kernel, to + part.y],
        ...numbers(part.info),
      ]]),
    );
    return out;
  }, describe);
  register(
    "DepthwiseConv2dNativeBackpropFilter",
    (engine, { x, dy }, attrs) => {
      if (!allFloat(x, dy)) return undefined;
      const out = engine.output(attrs.filterShape), to = engine.address(out);
      const bytes = tf.util.sizeFromShape(attrs.filterShape) * 4;
      const parts = groups(describe(x.shape, attrs.filterShape, attrs), 8);
      const [sums] = engine.scratch(parts.length * bytes);
      const from = engine.address(x), given = engine.address(dy);
      engine.parallel(parts.map((part, i) => [
        ["clear", sums + i * bytes, bytes],
        [
          "depthwiseFilterGradient",
          ...[from + part.x, given + part.y, sums + i * bytes],
          ...numbers(part.info),
        ],
      ]));
      engine.run.addParts(sums, bytes, parts.length, bytes / 4, to);
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
      const kernel = engine.address(filter), given = engine.address(dy);
      engine.parallel(
        groups(info).map((part) => [
          ["clear", to + part.x, part.info.batchSize * image],
          [
            "depthwiseInputGradient",
            ...[kernel, given + part.y, to + part.x],
            ...numbers(part.info),
          ],
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
  describe: (
    x: number[],
    filter: number[],
    attrs: Attributes,
  ) => tf.backend_util.Conv2DInfo,
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
    const size = tf.util.sizeFromShape(out.shape);
    if (engine.run.strays(engine.address(out), size) === 0) return out;
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

/** Registers UnsortedSegmentSum. */
export function registerSegmentSum(): void {
  register("UnsortedSegmentSum", (engine, inputs, { numSegments }) => {
    const { x, segmentIds } = inputs;
    if (!allFloat(x) || segmentIds.dtype !== "int32") return undefined;
    const idAxes = segmentIds.shape.length;
    const rows = tf.util.sizeFromShape(segmentIds.shape);
    const rest = x.shape.slice(idAxes);
    const columns = tf.util.sizeFromShape(rest);
    const out = engine.output([numSegments, ...rest]);
    const to = engine.address(out);
    engine.run.clear(to, numSegments * columns * 4);
    engine.run.segmentSum(
      ...[engine.address(x), engine.address(segmentIds), rows, columns],
      ...[numSegments, to],
    );
    return out;
  });
}
