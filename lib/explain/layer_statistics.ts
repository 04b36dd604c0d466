import { checkTensor } from "../base/check.ts";
import { shown } from "../base/options.ts";
import { sparsity } from "../measure/sparsity.ts";
import type { Network } from "../networks/build_network.ts";
import type { Tensor } from "../base/tensor.ts";

/** How one layer answers to some images. */
export interface LayerStatistics {
  /** Its name, as describe() lists it. */
  readonly layer: string;
  /** Standard deviation of all its values. */
  readonly std: number;
  /** Share of the values that are exactly 0. */
  readonly zeros: number;
  /** Share of the channels or units that are 0 for every image at every place. */
  readonly dead: number;
}

/**
 * What every layer puts out for some images, in three numbers: where a signal
 * dies or explodes, and which units never answer.
 *
 * @param network From buildNetwork().
 * @param images [N, H, W, C]; a few hundred say enough.
 * @returns One row a layer, from the input on.
 * @throws {TypeError} No from-scratch network, or images that do not fit.
 *
 * @example
 * ```ts
 * import { buildNetwork, layerStatistics, lenet, randomUniform } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const network = buildNetwork(lenet(), { seed: 1 });
 * const rows = layerStatistics(network, randomUniform([4, 28, 28, 1], 1));
 * assertEquals([rows[1].layer, rows[1].dead], ["relu1", 0]);
 * ```
 */
export function layerStatistics(
  network: Network,
  images: Tensor,
): LayerStatistics[] {
  const fn = "layerStatistics";
  if (!(network?.activations instanceof Map)) {
    throw new TypeError(
      `${fn}() expects a from-scratch network but found ${
        shown(network)
      }: make it with buildNetwork()`,
    );
  }
  checkTensor(fn, "images", images);
  network.forward(images);
  return [...network.activations].map(([layer, output]) => {
    const { zeros, dead } = sparsity(output);
    return {
      layer,
      std: deviation(output),
      zeros,
      dead: dead.length / (output.shape.at(-1) ?? 1),
    };
  });
}

function deviation({ data }: Tensor): number {
  let sum = 0, squares = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  for (const value of data) squares += (value - mean) ** 2;
  return Math.sqrt(squares / data.length);
}
