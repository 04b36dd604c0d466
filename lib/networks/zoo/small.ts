/**
 * Small relatives of the well-known networks, quick to train.
 *
 * @module
 */
import { checkFlag, settle } from "../../base/options.ts";
import { type CifarResnetOptions, residualNet } from "./cifar_resnet.ts";
import { inception } from "./inception.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture } from "../types.ts";

/**
 * A VGG for small pictures: stages of two 3x3 convolutions and a max pooling,
 * each with twice the filters of the one before, then one dense layer.
 *
 * Two stages and not five: 28 pixels halve to 14 and 7, and 7 is odd.
 *
 * @param options classes = 10, width = 1, inputShape = [28, 28, 1].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, smallVgg } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(smallVgg()).layers, 5);
 * ```
 */
export function smallVgg(options: NetOptions = {}): Architecture {
  const { classes, width, inputShape } = settle("smallVgg", options, {
    classes: 10,
    width: 1,
    inputShape: [28, 28, 1],
  });
  const wide = scaled("smallVgg", { classes, width, inputShape });
  const stage = (number: number, filters: number) => [
    ...[1, 2].flatMap((i) => [
      layers.conv2d({
        name: `conv${number}_${i}`,
        filters: wide(filters),
        kernelSize: 3,
        padding: "same",
      }),
      layers.relu(),
    ]),
    layers.maxPool2d({ name: `pool${number}` }),
  ];
  return network("small VGG", inputShape, [
    ...stage(1, 8),
    ...stage(2, 16),
    layers.flatten(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}

/** Options of smallInception(). */
export interface SmallInceptionOptions extends NetOptions {
  /** Batch normalisation after each convolution; false unless told. */
  readonly batchNorm?: boolean;
}

/**
 * A stem, two Inception modules with a pooling between, and the global mean.
 *
 * @param options classes = 10, width = 1, inputShape = [28, 28, 1], batchNorm = false.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, smallInception } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(smallInception()).layers, 6);
 * ```
 */
export function smallInception(
  options: SmallInceptionOptions = {},
): Architecture {
  const fn = "smallInception";
  const { classes, width, inputShape, batchNorm } = settle(fn, options, {
    classes: 10,
    width: 1,
    inputShape: [28, 28, 1],
    batchNorm: false,
  });
  const wide = scaled(fn, { classes, width, inputShape });
  checkFlag(fn, "batchNorm", batchNorm);
  const module = (name: string, base: number) =>
    inception({
      one: wide(base),
      three: [wide(base), wide(2 * base)],
      five: [wide(base / 2), wide(base)],
      pool: wide(base),
    }, { name, batchNorm });
  return network("small Inception", inputShape, [
    layers.conv2d({
      name: "conv1",
      filters: wide(16),
      kernelSize: 3,
      padding: "same",
    }),
    ...(batchNorm ? [layers.batchNorm({ name: "bn1" })] : []),
    layers.relu(),
    layers.maxPool2d({ name: "pool1" }),
    module("inception1", 8),
    layers.maxPool2d({ name: "pool2" }),
    module("inception2", 16),
    layers.globalAvgPool2d(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}

/** Options of smallResnet(). */
export interface SmallResnetOptions extends CifarResnetOptions {
  /** 6n + 2; 8 unless told. */
  readonly depth?: number;
}

/**
 * A CIFAR ResNet for the course's data, or its plain twin.
 *
 * @param options depth = 8, classes = 10, width = 1, inputShape = [28, 28, 1], plain = false, batchNorm = true.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A depth that is not 6n + 2; classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, smallResnet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const residual = describe(smallResnet({ depth: 14 }));
 * const plain = describe(smallResnet({ depth: 14, plain: true }));
 * assertEquals(residual.parameters, plain.parameters);
 * ```
 */
export function smallResnet(options: SmallResnetOptions = {}): Architecture {
  const { depth, ...others } = settle("smallResnet", options, {
    depth: 8,
    classes: 10,
    width: 1,
    inputShape: [28, 28, 1],
    plain: false,
    batchNorm: true,
  });
  return residualNet("smallResnet", depth, others);
}
