import { checkNumbers } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { shapeText, type Tensor, tensor } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import type { Figure } from "./figure.ts";
import { settleTiles, type TileOptions, tiles } from "./tiles.ts";

/**
 * The channels of one layer's output side by side, on one colour scale.
 *
 * Maps with negative values are centred: white is 0. Maps larger than the
 * figure are shrunk by averaging blocks.
 *
 * @param maps [1, H, W, C], the output of a layer for one image.
 * @throws {TypeError} Another shape, or NaN among the values.
 *
 * @example
 * ```ts
 * import { featureMaps, randomNormal } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const maps = featureMaps(randomNormal([1, 12, 12, 6], 1));
 * assertEquals(maps.summary, "6 feature maps of 12 x 12");
 * ```
 */
export function featureMaps(
  maps: Tensor,
  options: TileOptions = {},
): Figure {
  const settled = settleTiles("featureMaps", options);
  checkTensor("featureMaps", "maps", maps);
  const [count, height, width, channels] = maps.shape;
  if (maps.shape.length !== 4 || count !== 1 || maps.data.length === 0) {
    throw new TypeError(
      `featureMaps() expects maps [1, H, W, C] of one image but found ${
        shapeText(maps.shape)
      }: take one image with slice(maps, 0, 1)`,
    );
  }
  checkNumbers(maps, "featureMaps");
  const split = tensor(
    transpose(maps, [3, 1, 2, 0]).data,
    [channels, height, width, 1],
    { dtype: "float32" },
  );
  const names = Array.from({ length: channels }, (_, c) => `channel ${c}`);
  const { numbers = false, labels = names } = settled;
  return tiles(
    "featureMaps",
    split,
    { ...settled, numbers, labels },
    `${channels} feature maps of ${height} x ${width}`,
  );
}
