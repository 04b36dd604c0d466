/**
 * A depthwise convolution with its gradients, and sums by segment: what
 * MobileNet-like nets and embeddings need to train.
 *
 * tfjs's own forward gives zeros where "same" meets a stride that is longer than
 * the kernel, and turns NaN into -Infinity.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { activate, knows } from "./activate.ts";
import {
  allFloat,
  type Attributes,
  type Kernel,
  register,
} from "./register.ts";

type Shape4 = [number, number, number, number];

/** Registers DepthwiseConv2dNative, fused or not, and both gradients. */
export function registerDepthwise(tf: Tf): void {
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
  const numbers = (info: tensorflow.backend_util.Conv2DInfo) => [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
    ...[info.outChannels / info.inChannels, info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth],
    ...[info.strideHeight, info.strideWidth],
    ...[info.dilationHeight, info.dilationWidth],
    ...[info.padInfo.top, info.padInfo.left],
  ];
  const forward: Kernel = (engine, { x, filter }, attrs) => {
    if (!allFloat(x, filter) || (attrs.dataFormat ?? "NHWC") !== "NHWC") {
      return undefined;
    }
    const info = describe(x.shape, filter.shape, attrs);
    const out = engine.output(info.outShape);
    engine.run.depthwise(
      ...[engine.address(x), engine.address(filter), engine.address(out)],
      ...numbers(info),
    );
    return out;
  };
  register(tf, "DepthwiseConv2dNative", forward);
  register(tf, "FusedDepthwiseConv2D", (engine, inputs, attrs) => {
    if (!allFloat(inputs.bias) || !knows(attrs.activation ?? "linear")) {
      return undefined;
    }
    const y = forward(engine, inputs, attrs) as tensorflow.TensorInfo;
    return y && activate(tf, y, inputs, attrs);
  });
  register(
    tf,
    "DepthwiseConv2dNativeBackpropFilter",
    (engine, { x, dy }, attrs) => {
      if (!allFloat(x, dy)) return undefined;
      const out = engine.output(attrs.filterShape), to = engine.address(out);
      engine.run.clear(to, tf.util.sizeFromShape(attrs.filterShape) * 4);
      engine.run.depthwiseFilterGradient(
        ...[engine.address(x), engine.address(dy), to],
        ...numbers(describe(x.shape, attrs.filterShape, attrs)),
      );
      return out;
    },
  );
  register(
    tf,
    "DepthwiseConv2dNativeBackpropInput",
    (engine, { dy, filter }, attrs) => {
      if (!allFloat(dy, filter)) return undefined;
      const out = engine.output(attrs.inputShape), to = engine.address(out);
      engine.run.clear(to, tf.util.sizeFromShape(attrs.inputShape) * 4);
      engine.run.depthwiseInputGradient(
        ...[engine.address(filter), engine.address(dy), to],
        ...numbers(describe(attrs.inputShape, filter.shape, attrs)),
      );
      return out;
    },
  );
}

/** Registers UnsortedSegmentSum. */
export function registerSegmentSum(tf: Tf): void {
  register(tf, "UnsortedSegmentSum", (engine, inputs, { numSegments }) => {
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
