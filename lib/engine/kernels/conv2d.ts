/**
 * Convolution as a kernel of tfjs, with its gradients, NHWC.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { activate, knows } from "./activate.ts";
import { filterGradient, inputGradient } from "./conv2d_gradients.ts";
import { ACTIVATIONS, convolve } from "./convolve.ts";
import type { Engine } from "./engine.ts";
import type { Info } from "./geometry.ts";
import {
  allFloat,
  type Attributes,
  differentiating,
  register,
  type Shape4,
} from "./register.ts";

/** Ours: a convolution with its bias whose gradients are made when asked for. */
export const BIASED = "BiasedConv2D";

/** y = x * filter, with bias and activation. */
function forward(
  engine: Engine,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  activation: number,
  info: Info,
): tf.TensorInfo {
  const { inChannels, outChannels } = info;
  return convolve(
    engine,
    engine.address(x),
    {
      address: engine.address(filter),
      tapStep: inChannels * outChannels * 4,
      inStep: outChannels * 4,
      outStep: 4,
    },
    bias === undefined ? 0 : engine.address(bias),
    activation,
    info,
  );
}

/** Registers Conv2D, FusedConv2D and the gradients of Conv2D. */
export function registerConv2d(): void {
  const describe = (x: number[], filter: number[], attrs: Attributes) =>
    tf.backend_util.computeConv2DInfo(
      x as Shape4,
      filter as Shape4,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
  const channelsLast = (attrs: Attributes) =>
    (attrs.dataFormat ?? "NHWC") === "NHWC";

  register("Conv2D", (engine, { x, filter }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(x, filter)) return undefined;
    const info = describe(x.shape, filter.shape, attrs);
    return forward(engine, x, filter, undefined, 0, info);
  });
  register("FusedConv2D", (engine, inputs, attrs) => {
    const { x, filter, bias } = inputs;
    const { activation = "linear" } = attrs;
    const own = ACTIVATIONS[activation];
    if (
      !knows(activation) || !channelsLast(attrs) ||
      !allFloat(x, filter, bias) ||
      (bias !== undefined && bias.shape.length !== 1)
    ) return undefined;
    const info = describe(x.shape, filter.shape, attrs);
    if (bias !== undefined && bias.shape[0] !== info.outChannels) {
      return undefined;
    }
    const y = forward(engine, x, filter, bias, own ?? 0, info);
    if (own !== undefined) return y;
    const { preluActivationWeights } = inputs;
    return activate(y, { preluActivationWeights }, attrs);
  });
  register(
    BIASED,
    (engine, { x, filter, bias }, attrs) =>
      forward(
        engine,
        x,
        filter,
        bias,
        0,
        describe(x.shape, filter.shape, attrs),
      ),
  );
  register("Conv2DBackpropFilter", (engine, { x, dy }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(x, dy)) return undefined;
    const info = describe(x.shape, attrs.filterShape, attrs);
    return filterGradient(engine, x, dy, info);
  });
  register("Conv2DBackpropInput", (engine, { dy, filter }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(dy, filter)) return undefined;
    const info = describe(attrs.inputShape, filter.shape, attrs);
    return inputGradient(engine, dy, filter, info);
  });
  registerConv2dGradients(channelsLast);
}

/** Registers gradients that, unlike tfjs's, know dilations. */
function registerConv2dGradients(
  channelsLast: (attrs: Attributes) => boolean,
): void {
  type Tensor = tf.Tensor;
  const run = (name: string, inputs: Record<string, Tensor>, attrs: object) =>
    tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
  const stock = tf.getGradient("Conv2D");
  const gradients = (dy: Tensor, saved: Tensor[], attrs: Attributes) => {
    const [x, filter] = saved, bias = () => tf.sum(dy, [0, 1, 2]);
    const dilated = Math.max(...[attrs.dilations ?? 1].flat()) > 1;
    if (dilated && differentiating()) {
      // tfjs differentiates these two kernels in turn without their dilations.
      const { x, filter } = stock.gradFunc(dy, saved, attrs);
      return { x, filter, bias };
    }
    return {
      x: () =>
        run("Conv2DBackpropInput", { dy, filter }, {
          ...attrs,
          inputShape: x.shape,
        }) as Tensor,
      filter: () =>
        run("Conv2DBackpropFilter", { x, dy }, {
          ...attrs,
          filterShape: filter.shape,
        }) as Tensor,
      bias,
    };
  };
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const mine = tf.getBackend() === "wasm" && channelsLast(attrs) &&
        allFloat(...saved);
      if (!mine) return stock.gradFunc(dy, saved, attrs);
      const { x, filter } = gradients(dy as Tensor, saved, attrs);
      return { x, filter };
    },
  });
  tf.registerGradient({
    kernelName: BIASED,
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attrs) => gradients(dy as Tensor, saved, attrs),
  });
}
