import { settle } from "../../base/options.ts";
import { inception } from "./inception.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture, Layer } from "../types.ts";

/** The paper's table 1: [1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool]. */
const MODULES: Record<string, readonly number[]> = {
  "3a": [64, 96, 128, 16, 32, 32],
  "3b": [128, 128, 192, 32, 96, 64],
  "4a": [192, 96, 208, 16, 48, 64],
  "4b": [160, 112, 224, 24, 64, 64],
  "4c": [128, 128, 256, 24, 64, 64],
  "4d": [112, 144, 288, 32, 64, 64],
  "4e": [256, 160, 320, 32, 128, 128],
  "5a": [256, 160, 320, 32, 128, 128],
  "5b": [384, 192, 384, 48, 128, 128],
};

/**
 * GoogLeNet (Szegedy et al., 2014), as the paper has it: with biases, without
 * batch normalisation.
 *
 * Local response normalisation is left out: it has no parameters and no
 * multiply-adds that are counted, and later nets dropped it. The auxiliary heads
 * are networks of their own: see {@linkcode auxiliaryHead}. The output is one
 * logit a class, without softmax.
 *
 * @param options classes = 1000, width = 1, inputShape = [224, 224, 3].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, googlenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(googlenet()).parameters, 6998552);
 * ```
 */
export function googlenet(options: NetOptions = {}): Architecture {
  const { classes, width, inputShape } = settle("googlenet", options, {
    classes: 1000,
    width: 1,
    inputShape: [224, 224, 3],
  });
  const wide = scaled("googlenet", { classes, width, inputShape });
  const conv = (
    name: string,
    kernelSize: number,
    filters: number,
    strides = 1,
  ): Layer[] => [
    layers.conv2d({
      name,
      filters: wide(filters),
      kernelSize,
      strides,
      padding: "same",
    }),
    layers.relu({ name: `${name}_relu` }),
  ];
  const pool = (name: string) =>
    layers.maxPool2d({ name, poolSize: 3, strides: 2, padding: "same" });
  const module = (id: string) => {
    const [one, reduce3, three, reduce5, five, proj] = MODULES[id].map(wide);
    return inception(
      { one, three: [reduce3, three], five: [reduce5, five], pool: proj },
      { name: `inception${id}` },
    );
  };
  return network("GoogLeNet", inputShape, [
    ...conv("conv1", 7, 64, 2),
    pool("pool1"),
    ...conv("conv2_reduce", 1, 64),
    ...conv("conv2", 3, 192),
    pool("pool2"),
    ...["3a", "3b"].map(module),
    pool("pool3"),
    ...["4a", "4b", "4c", "4d", "4e"].map(module),
    pool("pool4"),
    ...["5a", "5b"].map(module),
    layers.globalAvgPool2d(),
    layers.dropout({ rate: 0.4 }),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}

/**
 * An auxiliary head of GoogLeNet: a small classifier on the maps of module 4a
 * (14 x 14 x 512) or 4d (14 x 14 x 528), used in training only, to bring
 * gradients to the early layers.
 *
 * @param options classes = 1000, width = 1, inputShape = [14, 14, 512].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { auxiliaryHead, describe } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(auxiliaryHead()).rows[0].outputShape, [4, 4, 512]);
 * ```
 */
export function auxiliaryHead(options: NetOptions = {}): Architecture {
  const { classes, width, inputShape } = settle("auxiliaryHead", options, {
    classes: 1000,
    width: 1,
    inputShape: [14, 14, 512],
  });
  const wide = scaled("auxiliaryHead", { classes, width, inputShape });
  return network("auxiliary head", inputShape, [
    layers.avgPool2d({ poolSize: 5, strides: 3 }),
    layers.conv2d({ name: "conv", filters: wide(128), kernelSize: 1 }),
    layers.relu(),
    layers.flatten(),
    layers.dense({ name: "dense", units: wide(1024) }),
    layers.relu(),
    layers.dropout({ rate: 0.7 }),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}
