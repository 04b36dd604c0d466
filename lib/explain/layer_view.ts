/** A layer's output for one image, and how a class depends on it. */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Network } from "../networks/build_network.ts";
import { checkRange } from "../base/range.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import { fromTf, toTf } from "../engine/convert.ts";
import { tfjs } from "../engine/load.ts";
import {
  type AnyNetwork,
  checkImages,
  checkNetwork,
  isScratch,
  layerOf,
  outputFor,
  outputOf,
} from "./any_network.ts";
import { checkFinite } from "../measure/classify.ts";
import { argMax } from "../base/reduce.ts";

/** A layer's output for one image, and the gradient of a logit by it. */
export interface LayerView {
  /** [1, ...] */
  readonly activations: Tensor;
  /** [1, ...] */
  readonly gradients: Tensor;
  /** The class whose logit it is. */
  readonly label: number;
}

/** The view of a layer for a class: the one that the network says unless told. */
export async function viewLayer(
  caller: string,
  network: AnyNetwork,
  layer: string,
  image: Tensor,
  label?: number,
): Promise<LayerView> {
  checkNetwork(caller, network);
  return isScratch(network)
    ? scratchView(caller, network, layer, image, label)
    : await tfView(caller, network, layer, image, label);
}

function scratchView(
  caller: string,
  network: Network,
  layer: string,
  image: Tensor,
  label?: number,
): LayerView {
  const logits = network.forward(image);
  const seen = outputOf(caller, network, layer);
  const chosen = classOf(caller, logits, label);
  const dLogits = zeros(logits.shape);
  dLogits.data[chosen] = 1;
  const { activationGradients } = network.backward(dLogits);
  const gradients = activationGradients.get(layer)!;
  return { activations: seen, gradients, label: chosen };
}

async function tfView(
  caller: string,
  model: tensorflow.LayersModel,
  name: string,
  image: Tensor,
  label?: number,
): Promise<LayerView> {
  const tf = tfjs();
  const layer = layerOf(caller, model, name);
  checkImages(caller, model, image);
  const logits = await outputFor(model, image);
  const chosen = classOf(caller, logits, label);
  const outputShape = (layer.outputShape as (number | null)[]).slice(1);
  // Added to the layer's output, zeros change nothing; the gradient of the logit
  // by these zeros is its gradient by the output.
  let seen: tensorflow.Tensor | undefined;
  const call = layer.call;
  layer.call = (inputs, kwargs) => {
    const y = call.call(layer, inputs, kwargs) as tensorflow.Tensor;
    seen = tf.keep(y.clone());
    return y.add(delta);
  };
  const delta = tf.zeros([1, ...outputShape as number[]]);
  let gradients: tensorflow.Tensor | undefined;
  try {
    try {
      gradients = tf.tidy(() =>
        tf.grad((_delta) => {
          const logits = model.apply(toTf(image)) as tensorflow.Tensor;
          return logits.flatten().slice([chosen], [1]).sum();
        })(delta)
      );
    } finally {
      // before anything is awaited: another view of the layer may begin
      layer.call = call;
    }
    return {
      activations: await fromTf(seen!),
      gradients: await fromTf(gradients),
      label: chosen,
    };
  } finally {
    for (const held of [delta, seen, gradients]) held?.dispose();
  }
}

/** The class asked for, or that of the largest logit. */
export function classOf(
  caller: string,
  logits: Tensor,
  label?: number,
): number {
  checkFinite(caller, logits);
  const chosen = label ?? argMax(logits, 1)[0];
  checkRange(caller, "a label", chosen, {
    from: 0,
    to: logits.shape[1] - 1,
    whole: true,
    remedy: "leave it out for the class that the network says",
  });
  return chosen;
}
