/**
 * What the from-scratch network and the TensorFlow.js model have in common.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Network } from "../architecture/build_network.ts";
import { shapeText, type Tensor } from "../tensor.ts";

/** A network from buildNetwork(), or a TensorFlow.js model. */
export type AnyNetwork = Network | tensorflow.LayersModel;

/** Whether the network is the from-scratch one. */
export function isScratch(network: AnyNetwork): network is Network {
  return "backward" in network;
}

/** The layer of that name. */
export function layerOf(
  caller: string,
  model: tensorflow.LayersModel,
  name: string,
): tensorflow.layers.Layer {
  const found = model.layers.find((layer) => layer.name === name);
  if (found !== undefined) return found;
  throw unknownLayer(caller, name, model.layers.map((layer) => layer.name));
}

/** The error for a name that no layer has. */
export function unknownLayer(
  caller: string,
  name: string,
  known: readonly string[],
) {
  return new RangeError(
    `${caller}() expects the name of a layer but found ${
      JSON.stringify(name)
    }: choose one of ${known.join(", ")}`,
  );
}

/** Throws unless there is exactly one image [1, H, W, C]. */
export function expectOneImage(caller: string, image: Tensor): void {
  if (image.shape.length === 4 && image.shape[0] === 1) return;
  throw new TypeError(
    `${caller}() expects one image [1, H, W, C] but found ${
      shapeText(image.shape)
    }: take one with slice(images, i, i + 1)`,
  );
}
