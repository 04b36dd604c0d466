import { settle } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, oneOf, scaled } from "./options.ts";
import { residualBlock } from "./residual.ts";
import type { Architecture } from "../types.ts";

/** Blocks in each of the four stages. */
const BLOCKS: Record<number, readonly number[]> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};

/**
 * ResNet-18, 34, 50, 101 or 152 (He et al., 2015) for images of 224 x 224.
 *
 * Projections where shapes differ, no bias in convolutions, and the stride in
 * the 3x3 convolution, as in the published weights of PyTorch (the paper's
 * bottleneck has it in the 1x1 before). The output is one logit a class.
 *
 * @param depth 18 or 34 (two 3x3 a block); 50, 101 or 152 (bottleneck blocks).
 * @param options classes = 1000, width = 1, inputShape = [224, 224, 3].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} Another depth; classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, resnet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { layers, parameters } = describe(resnet(50));
 * assertEquals([layers, parameters], [50, 25557032]);
 * ```
 */
export function resnet(depth: number, options: NetOptions = {}): Architecture {
  oneOf("resnet", depth, Object.keys(BLOCKS).map(Number));
  const { classes, width, inputShape } = settle("resnet", options, {
    classes: 1000,
    width: 1,
    inputShape: [224, 224, 3],
  });
  const wide = scaled("resnet", { classes, width, inputShape });
  const block = depth < 50 ? "basic" : "bottleneck";
  let channels = wide(64);
  const blocks = BLOCKS[depth].flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const filters = wide(64 * 2 ** stage);
      const made = residualBlock({
        name: `stage${stage + 2}/block${i + 1}`,
        channels,
        filters,
        strides: i === 0 && stage > 0 ? 2 : 1,
        block,
      });
      channels = block === "basic" ? filters : 4 * filters;
      return made;
    })
  );
  return network(`ResNet-${depth}`, inputShape, [
    layers.conv2d({
      name: "conv1",
      filters: wide(64),
      kernelSize: 7,
      strides: 2,
      padding: "same",
      useBias: false,
    }),
    layers.batchNorm({ name: "bn1" }),
    layers.relu(),
    layers.maxPool2d({
      name: "pool1",
      poolSize: 3,
      strides: 2,
      padding: "same",
    }),
    ...blocks,
    layers.globalAvgPool2d(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}
