import { checkFlag, settle } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, oneOf, scaled } from "./options.ts";
import type { Architecture, Layer } from "../types.ts";

/** Options of vgg(). */
export interface VggOptions extends NetOptions {
  /** Batch normalisation after each convolution; false unless told. */
  readonly batchNorm?: boolean;
}

/** 3x3 convolutions in each of the five stages. */
const STAGES: Record<number, readonly number[]> = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};

/** Filters of the stages. */
const FILTERS = [64, 128, 256, 512, 512];

/**
 * VGG-11, 13, 16 or 19 (Simonyan and Zisserman, 2014): stacks of 3x3
 * convolutions, a max pooling after each of five stages, three dense layers.
 *
 * VGG-16 and 19 are the paper's columns D and E. The output is one logit a
 * class, without softmax.
 *
 * @param depth 11, 13, 16 or 19.
 * @param options classes = 1000, width = 1, inputShape = [224, 224, 3], batchNorm = false.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} Another depth; classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, vgg } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(vgg(16)).parameters, 138357544);
 * ```
 */
export function vgg(depth: number, options: VggOptions = {}): Architecture {
  oneOf("vgg", depth, Object.keys(STAGES).map(Number));
  const { classes, width, inputShape, batchNorm } = settle("vgg", options, {
    classes: 1000,
    width: 1,
    inputShape: [224, 224, 3],
    batchNorm: false,
  });
  const wide = scaled("vgg", { classes, width, inputShape });
  checkFlag("vgg", "batchNorm", batchNorm);
  const conv = (name: string, filters: number): Layer[] => [
    layers.conv2d({ name, filters, kernelSize: 3, padding: "same" }),
    ...(batchNorm ? [layers.batchNorm()] : []),
    layers.relu(),
  ];
  const stages = STAGES[depth].flatMap((count, stage) => [
    ...Array.from(
      { length: count },
      (_, i) => conv(`conv${stage + 1}_${i + 1}`, wide(FILTERS[stage])),
    ).flat(),
    layers.maxPool2d({ name: `pool${stage + 1}` }),
  ]);
  return network(`VGG-${depth}`, inputShape, [
    ...stages,
    layers.flatten(),
    layers.dense({ name: "fc6", units: wide(4096) }),
    layers.relu(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ name: "fc7", units: wide(4096) }),
    layers.relu(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ name: "fc8", units: classes }),
  ]);
}
