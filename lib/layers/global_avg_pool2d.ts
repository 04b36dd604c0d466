import { allocate, type Tensor, zerosLike } from "../base/tensor.ts";
import { checkRank, checkShape, checkTensor } from "../base/check.ts";
import {
  define,
  imageShape,
  type Kind,
  plainRun,
  type SimpleLayer,
} from "./define.ts";

/** Shape of a global average pooling's output: [N, H, W, C] becomes [N, C]. */
export function globalAvgPool2dShape(
  xShape: readonly number[],
): [number, number] {
  checkRank("globalAvgPool2dShape", "x", xShape, "[N, H, W, C]");
  return [xShape[0], xShape[3]];
}

/**
 * The mean of each channel over the whole image.
 *
 * Source: Lin et al., "Network In Network", 2013, section 3.2.
 *
 * @param x Images [N, H, W, C].
 * @returns [N, C] in the precision of x.
 * @throws {TypeError} An input without 4 axes.
 *
 * @example
 * ```ts
 * import { globalAvgPool2d, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
 * assertEquals([...globalAvgPool2d(x).data], [2.5, 25]);
 * ```
 */
export function globalAvgPool2d(x: Tensor): Tensor {
  checkTensor("globalAvgPool2d", "x", x, "[N, H, W, C]");
  const [batch, height, width, channels] = x.shape;
  const pixels = height * width;
  const y = allocate(batch * channels, x.data);
  const sums = new Float64Array(channels);
  for (let n = 0; n < batch; n++) {
    sums.fill(0);
    for (let p = n * pixels; p < (n + 1) * pixels; p++) {
      for (let c = 0; c < channels; c++) sums[c] += x.data[p * channels + c];
    }
    for (let c = 0; c < channels; c++) y[n * channels + c] = sums[c] / pixels;
  }
  return { shape: [batch, channels], data: y }; // [N, C]
}

/**
 * Gradient of {@linkcode globalAvgPool2d}: every pixel gets dy / (H * W).
 *
 * @param x Images [N, H, W, C]; only the shape matters.
 * @param dy Gradient of the loss for the output [N, C].
 * @returns dx [N, H, W, C].
 * @throws {TypeError} An input without 4 axes; a dy that is not [N, C].
 *
 * @example
 * ```ts
 * import { globalAvgPool2dBackward, tensor, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const dx = globalAvgPool2dBackward(zeros([1, 2, 2, 1]), tensor([[8]]));
 * assertEquals([...dx.data], [2, 2, 2, 2]);
 * ```
 */
export function globalAvgPool2dBackward(x: Tensor, dy: Tensor): Tensor {
  const fn = "globalAvgPool2dBackward";
  checkTensor(fn, "x", x, "[N, H, W, C]");
  const [batch, height, width, channels] = x.shape;
  const remedy = "dy has one number for each channel of each image";
  checkShape(fn, "dy", dy, [batch, channels], remedy);
  const dx = zerosLike(x);
  const image = height * width * channels;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < image; i++) {
      const from = n * channels + i % channels;
      dx.data[n * image + i] = dy.data[from] / (height * width);
    }
  }
  return dx;
}

/** The global mean in a network: [H, W, C] becomes [C]. */
export const globalAvgPool2dLayer: Kind<SimpleLayer<"globalAvgPool2d">> =
  define({
    kind: "globalAvgPool2d",
    settings: {},
    short: "globalPool",
    shape: (input) => globalAvgPool2dShape([1, ...imageShape(input)]).slice(1),
    run: plainRun(globalAvgPool2d, globalAvgPool2dBackward),
    window: () => "all",
    label: () => "global mean",
    family: "pooling",
    tfjs: (tf, _settings, { name }) =>
      tf.layers.globalAveragePooling2d({ name }),
  });
