import { sizeOf, type Tensor } from "../base/tensor.ts";
import { checkTensor } from "../base/check.ts";
import { define, type Kind } from "./define.ts";
import { narrow, widen } from "./fast/product.ts";
import {
  checkPool2dBackward,
  type Pool2dOptions,
  pool2dSizes,
  poolDefinition,
  pooledShape,
  type PoolLayer,
} from "./pool2d.ts";
import type { Grid } from "./window.ts";

/**
 * The mean of the values under each place of a window, channel by channel.
 *
 * Padding is not counted: a window over the border averages fewer pixels.
 *
 * @param x Images [N, H, W, C].
 * @param options `poolSize` 2, `strides` as poolSize, `padding` "valid".
 * @returns [N, OH, OW, C] in the precision of x.
 * @throws {TypeError} An input without 4 axes; a padding that is neither word;
 * an unknown option.
 * @throws {RangeError} Sizes or strides that are not whole and 1 or more; a
 * window larger than the input with padding "valid".
 *
 * @example
 * ```ts
 * import { avgPool2d, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]);
 * assertEquals([...avgPool2d(x).data], [3.5, 5.5]); // (1 + 2 + 5 + 6) / 4
 * ```
 */
export function avgPool2d(x: Tensor, options: Pool2dOptions = {}): Tensor {
  checkTensor("avgPool2d", "x", x);
  const sizes = pool2dSizes("avgPool2d", x.shape, options);
  const shape = pooledShape(sizes);
  const y = new Float64Array(sizeOf(shape));
  average(sizes, widen(x.data), y, false);
  return { shape, data: narrow(y, x.data) }; // [N, OH, OW, C]
}

/**
 * Gradient of {@linkcode avgPool2d}: dy is shared evenly by the window's pixels.
 *
 * @param x Images [N, H, W, C]; only the shape matters.
 * @param dy Gradient of the loss for avgPool2d()'s output [N, OH, OW, C].
 * @param options The options that avgPool2d() had.
 * @returns dx [N, H, W, C].
 * @throws {TypeError} As avgPool2d(); a dy that has not the output's shape.
 * @throws {RangeError} As avgPool2d().
 *
 * @example
 * ```ts
 * import { avgPool2dBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 5, 5, 2], [1, 2, 2, 1]);
 * const dy = tensor([8], [1, 1, 1, 1]);
 * assertEquals([...avgPool2dBackward(x, dy).data], [2, 2, 2, 2]);
 * ```
 */
export function avgPool2dBackward(
  x: Tensor,
  dy: Tensor,
  options: Pool2dOptions = {},
): Tensor {
  const sizes = checkPool2dBackward("avgPool2dBackward", x, dy, options);
  const dx = new Float64Array(x.data.length);
  average(sizes, dx, widen(dy.data), true);
  return { shape: [...x.shape], data: narrow(dx, x.data) };
}

/** Forward: collects x into the means y. Backward: shares y out into x. */
function average(
  sizes: Grid,
  x: Float64Array,
  y: Float64Array,
  backward: boolean,
): void {
  const { batch, height, width, channels, outH, outW } = sizes;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outH; i++) {
      const top = i * sizes.strideH - sizes.top;
      const firstRow = Math.max(top, 0);
      const lastRow = Math.min(top + sizes.sizeH, height);
      for (let j = 0; j < outW; j++, at += channels) {
        const left = j * sizes.strideW - sizes.left;
        const firstColumn = Math.max(left, 0);
        const lastColumn = Math.min(left + sizes.sizeW, width);
        const pixels = (lastRow - firstRow) * (lastColumn - firstColumn);
        for (let row = firstRow; row < lastRow; row++) {
          for (let column = firstColumn; column < lastColumn; column++) {
            const place = ((n * height + row) * width + column) * channels;
            for (let c = 0; c < channels; c++) {
              if (backward) x[place + c] += y[at + c] / pixels;
              else y[at + c] += x[place + c] / pixels;
            }
          }
        }
      }
    }
  }
}

/** Average pooling in a network. */
export const avgPool2dLayer: Kind<PoolLayer<"avgPool2d">> = define<
  PoolLayer<"avgPool2d">
>({
  ...poolDefinition(avgPool2d, avgPool2dBackward, "mean"),
  kind: "avgPool2d",
  tfjs: (tf, settings, { name }) =>
    tf.layers.averagePooling2d({ ...settings, name }),
});
