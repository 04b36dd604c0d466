/** Grad-CAM: which places of the feature maps speak for a class. */
import { resizeImages } from "../data/resize.ts";
import { settle } from "../base/options.ts";
import { reshape, shapeText, type Tensor, zeros } from "../base/tensor.ts";
import { type AnyNetwork, expectOneImage } from "./any_network.ts";
import { viewLayer } from "./layer_view.ts";

/** What gradCam() finds. */
export interface GradCam {
  /** [h, w] on the layer's own grid, 0 or more. */
  readonly grid: Tensor;
  /** [H, W]: the grid enlarged to the image. */
  readonly map: Tensor;
  /** The class that the map speaks for. */
  readonly label: number;
}

/**
 * Grad-CAM of one image: Selvaraju et al., 2017.
 *
 * Each feature map counts by the mean gradient of the class's logit over the
 * map; the weighted sum of the maps, where above 0, is the answer.
 *
 * @param network From buildNetwork() or toLayersModel().
 * @param image One image [1, H, W, C].
 * @param options `layer`: name of a layer with maps [1, h, w, C]. `label`: the
 * class; the one that the network says unless given.
 * @throws {TypeError} No network, not one image, or a layer without maps; an
 * unknown option.
 * @throws {RangeError} No such layer or class.
 *
 * @example
 * ```ts
 * import { buildNetwork, gradCam, lenet, randomUniform } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const image = randomUniform([1, 28, 28, 1], 1);
 * const { grid, map } = await gradCam(network, image, { layer: "conv2" });
 * assertEquals([grid.shape, map.shape], [[10, 10], [28, 28]]);
 * ```
 */
export async function gradCam(
  network: AnyNetwork,
  image: Tensor,
  options: { layer: string; label?: number },
): Promise<GradCam> {
  const settled = settle("gradCam", options, {
    layer: undefined,
    label: undefined,
  });
  expectOneImage("gradCam", image);
  const { activations, gradients, label } = await viewLayer(
    "gradCam",
    network,
    settled.layer,
    image,
    settled.label,
  );
  if (activations.shape.length !== 4) {
    throw new TypeError(
      `gradCam() expects a layer with maps [1, h, w, C] but found ${
        shapeText(activations.shape)
      } from "${settled.layer}": choose a convolution or a pooling`,
    );
  }
  const [, height, width, channels] = activations.shape;
  const places = height * width;
  const weights = new Float64Array(channels);
  gradients.data.forEach((g, i) => weights[i % channels] += g / places);
  const grid = zeros([height, width]);
  for (let place = 0; place < places; place++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      sum += weights[c] * activations.data[place * channels + c];
    }
    grid.data[place] = Math.max(0, sum);
  }
  const [, H, W] = image.shape;
  const enlarged = resizeImages(reshape(grid, [1, height, width, 1]), H, W);
  return { grid, map: reshape(enlarged, [H, W]), label };
}
