import type * as tensorflow from "@tensorflow/tfjs";
import { checkTensor } from "../base/check.ts";
import { inChunks } from "../base/in_chunks.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
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
  if (isScratch(network)) {
    return await inChunks(images, CHUNK, (part) => {
      network.forward(part);
      const { shape, data } = outputOf("activations", network, layer);
      // a copy: the output of flatten shares its numbers with the images
      return { shape, data: data.slice() };
    });
  }
  const output = layerOf("activations", network, layer)
    .output as tensorflow.SymbolicTensor;
  checkImages("activations", network, images);
  const until = tfjs().model({ inputs: network.inputs, outputs: output });
  return await inChunks(images, CHUNK, (part) => outputFor(until, part));
}
