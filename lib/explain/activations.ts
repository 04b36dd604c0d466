import type * as tensorflow from "@tensorflow/tfjs";
import type { Network } from "../networks/build_network.ts";
import { checkTensor } from "../base/check.ts";
import { inChunks } from "../base/in_chunks.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { fromTf, toTf } from "../engine/convert.ts";
import { tfjs } from "../engine/load.ts";
import {
  type AnyNetwork,
  checkImages,
  checkNetwork,
  isScratch,
  layerOf,
  outputOf,
} from "./any_network.ts";

/** Images whose activations are held at once. */
const CHUNK = 100;

/**
 * What one layer puts out for each image, as in use (no dropout).
 *
 * @param network From buildNetwork() or toLayersModel().
 * @param layer Name of the layer, as describe() lists it.
 * @param images [N, H, W, C].
 * @returns [N, ...] in the shape of the layer's output.
 * @throws {TypeError} No network, or no images.
 * @throws {RangeError} No image at all; the network has no layer of that name.
 *
 * @example
 * ```ts
 * import { activations, buildNetwork, lenet, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const maps = await activations(network, "pool2", zeros([3, 28, 28, 1]));
 * assertEquals(maps.shape, [3, 5, 5, 16]);
 * ```
 */
export async function activations(
  network: AnyNetwork,
  layer: string,
  images: Tensor,
): Promise<Tensor> {
  checkNetwork("activations", network);
  checkTensor("activations", "images", images);
  if (images.shape[0] === 0) {
    throw new RangeError(
      `activations() expects at least one image but found ${
        shapeText(images.shape)
      }: pass some`,
    );
  }
  return await inChunks(
    images,
    CHUNK,
    (part) =>
      isScratch(network)
        ? scratchActivations(network, layer, part)
        : tfActivations(network, layer, part),
  );
}

function scratchActivations(network: Network, layer: string, images: Tensor) {
  network.forward(images);
  const { shape, data } = outputOf("activations", network, layer);
  // a copy: the output of flatten shares its numbers with the images
  return { shape, data: data.slice() };
}

async function tfActivations(
  model: tensorflow.LayersModel,
  layer: string,
  images: Tensor,
): Promise<Tensor> {
  const tf = tfjs();
  const { output } = layerOf("activations", model, layer);
  checkImages("activations", model, images);
  const until = tf.model({
    inputs: model.inputs,
    outputs: output as tensorflow.SymbolicTensor,
  });
  const y = tf.tidy(() => until.apply(toTf(images)) as tensorflow.Tensor);
  try {
    return await fromTf(y);
  } finally {
    y.dispose();
  }
}
