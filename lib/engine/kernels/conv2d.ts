/**
 * Convolution as a kernel of tfjs, with its gradients, NHWC.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  allFloat,
  type Attributes,
  convInfo,
  differentiating,
  type Info,
  onWasm,
  pair,
  runKernel,
  type Tensor,
  wrapGradient,
} from "../stock.ts";
import { activate, ACTIVATIONS, knows } from "./activate.ts";
import { filterGradient, inputGradient } from "./conv2d_gradients.ts";
import { convolve } from "./convolve.ts";
import type { Engine } from "./engine.ts";
import { register } from "./register.ts";

/** Ours: a convolution with its bias whose gradients are made when asked for. */
export const BIASED = "BiasedConv2D";

const channelsLast = (attrs: Attributes) =>
  (attrs.dataFormat ?? "NHWC") === "NHWC";

/** y = x * filter, with bias and activation. */
function forward(
  engine: Engine,
  { x, filter, bias }: Record<string, Info>,
  attrs: Attributes,
  activation = 0,
): Info {
  const info = convInfo(x.shape, filter.shape, attrs);
  return convolve(engine, {
    info,
    x: engine.address(x),
    kernel: {
      kernel: engine.address(filter),
      tapStep: info.inChannels * info.outChannels * 4,
      inStep: info.outChannels * 4,
      outStep: 4,
    },
    bias: bias ? engine.address(bias) : 0,
    activation,
  });
}

/** Registers Conv2D, FusedConv2D and the gradients of Conv2D. */
export function registerConv2d(): void {
  register(
    "Conv2D",
    (engine, { x, filter }, attrs) =>
      channelsLast(attrs) && allFloat(x, filter)
        ? forward(engine, { x, filter }, attrs)
        : undefined,
  );
  register("FusedConv2D", (engine, inputs, attrs) => {
    const { x, filter, bias, preluActivationWeights } = inputs;
    const { activation = "linear" } = attrs;
    const own = ACTIVATIONS[activation];
    const fits = bias === undefined ||
      (bias.shape.length === 1 && bias.shape[0] === filter.shape[3]);
    if (
      !fits || !knows(activation) || !channelsLast(attrs) ||
      !allFloat(x, filter, bias)
    ) return undefined;
    const y = forward(engine, inputs, attrs, own);
    return own === undefined
      ? activate(y, { preluActivationWeights }, attrs)
      : y;
  });
  register(BIASED, forward);
  register("Conv2DBackpropFilter", (engine, { x, dy }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(x, dy)) return undefined;
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    return filterGradient(engine, dy, x, info);
  });
  register("Conv2DBackpropInput", (engine, { dy, filter }, attrs) => {
    if (!channelsLast(attrs) || !allFloat(dy, filter)) return undefined;
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    return inputGradient(engine, dy, filter, info);
  });
  registerConv2dGradients();
}

/** Registers gradients that, unlike tfjs's, know dilations. */
function registerConv2dGradients(): void {
  const stock = tf.getGradient("Conv2D");
  const gradients = (dy: Tensor, saved: Tensor[], attrs: Attributes) => {
    const [x, filter] = saved;
    if (Math.max(...pair(attrs.dilations)) > 1 && differentiating()) {
      // tfjs differentiates these two kernels in turn without their dilations.
      return stock.gradFunc(dy, saved, attrs);
    }
    const { shape: inputShape } = x, { shape: filterShape } = filter;
    const toInput = { ...attrs, inputShape },
      toFilter = { ...attrs, filterShape };
    return {
      x: () => runKernel("Conv2DBackpropInput", { dy, filter }, toInput),
      filter: () => runKernel("Conv2DBackpropFilter", { x, dy }, toFilter),
    };
  };
  wrapGradient(
    "Conv2D",
    (dy, saved, attrs) =>
      onWasm(...saved) && channelsLast(attrs)
        ? gradients(dy, saved, attrs)
        : undefined,
  );
  tf.registerGradient({
    kernelName: BIASED,
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attrs) => ({
      ...gradients(dy as Tensor, saved, attrs),
      bias: () => tf.sum(dy as Tensor, [0, 1, 2]),
    }),
  });
}
