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
import {
  allFloat,
  type Attributes,
  convInfo,
  type Info,
  runKernel,
  sizeOf,
} from "../stock.ts";
import { activate, ACTIVATIONS, knows } from "./activate.ts";
import * as wasm from "./calls.ts";
import {
  type Convolution,
  groupsOf,
  type Part,
  partsOf,
  productsOf,
  sizesOf,
  sumGroups,
  taskCount,
} from "./geometry.ts";
import type { Engine } from "./engine.ts";
import { type Inputs, register } from "./register.ts";

/** The description of a depthwise convolution. */
const describe = (
  x: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
) => convInfo(x, filter, attrs, true);

/** Products that take as long: these loops are about four times as slow. */
const worthOf = (info: Convolution) =>
  4 * productsOf(info) / Math.max(1, info.inChannels);

/** Parts with the sizes that their calls take. */
const withSizes = (parts: readonly Part[]) =>
  parts.map(({ info, x, y }) => {
    const channels = info.inChannels, multiplier = info.outChannels / channels;
    return { x, y, sizes: { ...sizesOf(info), channels, multiplier } };
  });

const NAME = "DepthwiseConv2dNative";

/** Registers DepthwiseConv2dNative, fused or not, and both gradients. */
export function registerDepthwise(): void {
  registerForward();
  register(`${NAME}BackpropFilter`, (engine, { x, dy }, attrs) => {
    if (!allFloat(x, dy)) return undefined;
    const out = engine.output(attrs.filterShape), to = engine.address(out);
    const size = sizeOf(attrs.filterShape), bytes = size * 4;
    const info = describe(x.shape, attrs.filterShape, attrs);
    const groups = withSizes(sumGroups(info, worthOf(info)));
    const parts = groups.length, [sums] = engine.scratch(parts * bytes);
    const from = engine.address(x), given = engine.address(dy);
    engine.parallel(groups.map(({ sizes, x, y }, i) => {
      const operands = { x: from + x, dy: given + y, out: sums + i * bytes };
      return [
        wasm.clear({ out: sums + i * bytes, bytes }),
        wasm.depthwiseFilterGradient({ ...sizes, ...operands }),
      ];
    }));
    engine.run(
      wasm.addParts({ from: sums, step: bytes, parts, size, out: to }),
    );
    return out;
  });
  register(`${NAME}BackpropInput`, (engine, { dy, filter }, attrs) => {
    if (!allFloat(dy, filter)) return undefined;
    const out = engine.output(attrs.inputShape), to = engine.address(out);
    const info = describe(attrs.inputShape, filter.shape, attrs);
    const image = info.inHeight * info.inWidth * info.inChannels * 4;
    const filters = engine.address(filter), given = engine.address(dy);
    const groups = groupsOf(info, worthOf(info));
    engine.parallel(
      withSizes(groups).map(({ sizes, x, y }) => {
        const operands = { filters, dy: given + y, out: to + x };
        return [
          wasm.clear({ out: to + x, bytes: sizes.images * image }),
          wasm.depthwiseInputGradient({ ...sizes, ...operands }),
        ];
      }),
    );
    return out;
  });
}

/** One output channel for each input channel: ours is faster, and on all threads. */
const suits = ([, , channels, multiplier]: readonly number[]) =>
  multiplier === 1 && channels >= 4;

/** Our own forward; bias and activation only where it suits(). */
function forward(
  engine: Engine,
  { x, filter, bias }: Inputs,
  attrs: Attributes,
  act = 0,
): Info {
  const info = describe(x.shape, filter.shape, attrs);
  const out = engine.output(info.outShape), to = engine.address(out);
  const from = engine.address(x);
  const same = {
    filters: engine.address(filter),
    bias: bias ? engine.address(bias) : 0,
    act,
  };
  engine.parallel(
    withSizes(partsOf(info, taskCount(worthOf(info)))).map((
      { sizes, x, y },
    ) => [
      wasm.depthwise({ ...sizes, ...same, x: from + x, out: to + y }),
    ]),
  );
  return out;
}

/**
 * Ours, and for several output channels of one input channel, or very few, tfjs's
 * with its padding written out; ours again where that one's result is not finite.
 */
function registerForward(): void {
  const stock = tf.getKernel(NAME, "wasm");
  register(NAME, (engine, inputs, attrs) => {
    const { x, filter } = inputs;
    if (!allFloat(x, filter) || (attrs.dataFormat ?? "NHWC") !== "NHWC") {
      return undefined;
    }
    const { outShape, padInfo } = describe(x.shape, filter.shape, attrs);
    if (sizeOf(outShape) === 0) return engine.output(outShape);
    if (suits(filter.shape)) return forward(engine, { x, filter }, attrs);
    const { top, bottom, left, right } = padInfo;
    const pad = [[0, 0], [top, bottom], [left, right], [0, 0]];
    const { backend } = engine, given = { ...attrs, pad };
    const out = stock.kernelFunc({ inputs, attrs: given, backend }) as Info;
    const all = { x: engine.address(out), size: sizeOf(out.shape) };
    if (engine.run(wasm.strays(all)) === 0) return out;
    backend.disposeData(out.dataId);
    return forward(engine, { x, filter }, attrs);
  });
  register("FusedDepthwiseConv2D", (engine, inputs, attrs) => {
    const { x, filter, bias } = inputs, { activation = "linear" } = attrs;
    if (!allFloat(x, filter, bias) || !knows(activation)) return undefined;
    const act = ACTIVATIONS[activation];
    const fits = !bias || bias.shape.join() === `${filter.shape[2]}`;
    const images = (attrs.dataFormat ?? "NHWC") === "NHWC";
    const { outShape } = describe(x.shape, filter.shape, attrs);
    if (
      fits && images && act !== undefined && suits(filter.shape) &&
      sizeOf(outShape) > 0
    ) return forward(engine, inputs, attrs, act);
    return tf.tidy(() => {
      const y = runKernel(NAME, { x, filter }, attrs);
      return activate(y, inputs, attrs) as tf.Tensor;
    });
  });
}
