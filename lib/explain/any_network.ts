/** What the from-scratch network and the TensorFlow.js model have in common. */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Network } from "../networks/build_network.ts";
import { checkTensor } from "../base/check.ts";
import { shown } from "../base/options.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { fromTf, toTf } from "../engine/convert.ts";
import { withoutLooking } from "../engine/folding.ts";
import { tfjs } from "../engine/load.ts";

/** A network from buildNetwork(), or a TensorFlow.js model. */
export type AnyNetwork = Network | tensorflow.LayersModel;

/** Throws unless it is one of the two. */
export function checkNetwork(caller: string, network: AnyNetwork): void {
  // An architecture has layers too, but no inputs.
  const { backward, inputs } = (network ?? {}) as Partial<
    Network & tensorflow.LayersModel
  >;
  if (typeof backward === "function" || Array.isArray(inputs)) return;
  throw new TypeError(
    `${caller}() expects a network but found ${
      shown(network)
    }: make it with buildNetwork() or toLayersModel()`,
  );
}

/** Whether the network is the from-scratch one. */
export function isScratch(network: AnyNetwork): network is Network {
  return "backward" in network;
}

/** Throws unless these are images that the model takes, at least one. */
export function checkImages(
  caller: string,
  model: tensorflow.LayersModel,
  images: Tensor,
): void {
  checkTensor(caller, "images", images);
  const [, ...axes] = model.inputs[0].shape;
  const found = images.shape;
  const fits = found[0] > 0 && found.length === 1 + axes.length &&
    axes.every((length, i) => length === null || length === found[i + 1]);
  if (fits) return;
  throw new TypeError(
    `${caller}() expects images [N, ${
      axes.map((length) => length ?? "any").join(", ")
    }], at least one, but found ${
      shapeText(found)
    }: bring them to the size and channels that the model was made for`,
  );
}

/** What a model puts out for images. */
export async function outputFor(
  model: tensorflow.LayersModel,
  images: Tensor,
): Promise<Tensor> {
  const run = () => model.apply(toTf(images)) as tensorflow.Tensor;
  const y = tfjs().tidy(() => withoutLooking(model, run));
  try {
    return await fromTf(y);
  } finally {
    y.dispose();
  }
}

/** The layer of that name. */
export function layerOf(
  caller: string,
  model: tensorflow.LayersModel,
  name: string,
): tensorflow.layers.Layer {
  // what tfjs calls its input layer is no layer of the network
  const known = model.layers.filter((layer) =>
    layer.getClassName() !== "InputLayer"
  );
  const found = known.find((layer) => layer.name === name);
  if (found !== undefined) return found;
  throw unknownLayer(caller, name, known.map((layer) => layer.name));
}

/** What a layer of the from-scratch network put out last. */
export function outputOf(caller: string, network: Network, layer: string) {
  const found = network.activations.get(layer);
  if (found !== undefined) return found;
  throw unknownLayer(caller, layer, [...network.activations.keys()]);
}

/** The error for a name that no layer has. */
function unknownLayer(
  caller: string,
  name: string,
  known: readonly string[],
) {
  return new RangeError(
    `${caller}() expects the name of a layer but found ${
      shown(name)
    }: choose one of ${known.join(", ")}`,
  );
}

/** Throws unless there is exactly one image [1, H, W, C]. */
export function expectOneImage(caller: string, image: Tensor): void {
  checkTensor(caller, "image", image);
  if (image.shape.length === 4 && image.shape[0] === 1) return;
  throw new TypeError(
    `${caller}() expects one image [1, H, W, C] but found ${
      shapeText(image.shape)
    }: take one with slice(images, i, i + 1)`,
  );
}
