import { checkFlag, settle, shown } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import { residualBlock } from "./residual.ts";
import type { Architecture } from "../types.ts";

/** Options of cifarResnet(). */
export interface CifarResnetOptions extends NetOptions {
  /** The twin without shortcuts; false unless told. */
  readonly plain?: boolean;
  /** true unless told. */
  readonly batchNorm?: boolean;
}

/**
 * The ResNets of He et al., 2015, section 4.2, for small images: a 3x3
 * convolution, three stages of 16, 32 and 64 channels, the global mean.
 *
 * Shortcuts have no parameters: where shapes differ, every second pixel is kept
 * and channels of zeros are appended. Published: 20, 32, 44, 56, 110.
 *
 * @param depth 6n + 2, for n blocks of two convolutions a stage.
 * @param options classes = 10, width = 1, inputShape = [32, 32, 3], plain = false, batchNorm = true.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A depth that is not 6n + 2; classes or width out of range.
 *
 * @example
 * ```ts
 * import { cifarResnet, describe } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(cifarResnet(20)).parameters, 269722);
 * // Shortcuts cost nothing.
 * assertEquals(describe(cifarResnet(20, { plain: true })).parameters, 269722);
 * ```
 */
export function cifarResnet(
  depth: number,
  options: CifarResnetOptions = {},
): Architecture {
  return residualNet(
    "cifarResnet",
    depth,
    settle("cifarResnet", options, {
      classes: 10,
      width: 1,
      inputShape: [32, 32, 3],
      plain: false,
      batchNorm: true,
    }),
  );
}

/** The network of {@linkcode cifarResnet}; errors speak for the function `fn`. */
export function residualNet(
  fn: string,
  depth: number,
  options: Required<CifarResnetOptions>,
): Architecture {
  const { classes, width, inputShape, plain, batchNorm } = options;
  const count = Number.isInteger(depth) ? (depth - 2) / 6 : NaN;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `${fn}() expects a depth of 6n + 2 but found ${
        shown(depth)
      }: 20, 32, 44, 56 and 110 were published, 8 and 14 are smaller`,
    );
  }
  const wide = scaled(fn, { classes, width, inputShape });
  checkFlag(fn, "plain", plain);
  checkFlag(fn, "batchNorm", batchNorm);
  const blocks = [0, 1, 2].flatMap((stage) =>
    Array.from({ length: count }, (_, i) => {
      const first = i === 0 && stage > 0;
      const filters = wide(16 * 2 ** stage);
      return residualBlock({
        name: `stage${stage + 1}/block${i + 1}`,
        channels: first ? wide(8 * 2 ** stage) : filters,
        filters,
        strides: first ? 2 : 1,
        shortcut: "pad",
        batchNorm,
        plain,
      });
    })
  );
  return network(`${plain ? "Plain" : "ResNet"}-${depth}`, inputShape, [
    layers.conv2d({
      name: "conv1",
      filters: wide(16),
      kernelSize: 3,
      padding: "same",
      useBias: !batchNorm,
    }),
    ...(batchNorm ? [layers.batchNorm({ name: "bn1" })] : []),
    layers.relu(),
    ...blocks,
    layers.globalAvgPool2d(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}
