import { checkNumbers } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { shapeText, type Tensor, tensor } from "../base/tensor.ts";
import { transpose } from "../base/verbs.ts";
import type { Figure } from "./figure.ts";
import { colourRange } from "./matrix.ts";
import { settleTiles, type TileOptions, tiles } from "./tiles.ts";

/**
 * The windows of a convolution kernel: blue is negative, white 0, orange positive.
 *
 * A kernel with several input channels has one row of windows a channel, or as
 * many whole rows as its filters need.
 *
 * @param kernel [KH, KW, Cin, Cout]
 * @throws {TypeError} A kernel with another number of axes, or NaN in it.
 *
 * @example
 * ```ts
 * import { heNormal, kernelGrid } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const grid = kernelGrid(heNormal([3, 3, 1, 8], 1), { title: "Before training" });
 * assertEquals(grid.summary, "8 kernels of 3 x 3: Before training");
 * ```
 */
export function kernelGrid(
  kernel: Tensor,
  options: TileOptions = {},
): Figure {
  const settled = settleTiles("kernelGrid", options);
  checkTensor("kernelGrid", "kernel", kernel);
  const [high, wide, cin, cout] = kernel.shape;
  if (kernel.shape.length !== 4 || kernel.data.length === 0) {
    throw new TypeError(
      `kernelGrid() expects a kernel [KH, KW, Cin, Cout] but found ${
        shapeText(kernel.shape)
      }: reshape one window [KH, KW] to [KH, KW, 1, 1]`,
    );
  }
  checkNumbers(kernel, "kernelGrid");
  const maps = tensor(
    transpose(kernel, [2, 3, 0, 1]).data,
    [cin * cout, high, wide, 1],
    { dtype: "float32" },
  );
  const [, most] = colourRange(maps.data.map((v) => -Math.abs(v)));
  const names = Array.from(
    { length: cin * cout },
    (_, n) =>
      cin === 1 ? `filter ${n}` : `in ${Math.floor(n / cout)}, out ${n % cout}`,
  );
  return tiles(
    "kernelGrid",
    maps,
    {
      ...settled,
      range: settled.range ?? [-most, most],
      labels: settled.labels ?? names,
    },
    `${cin * cout} kernels of ${high} x ${wide}`,
    cin > 1 ? cout : undefined,
  );
}
