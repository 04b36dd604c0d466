import { checkWord, settle } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture, Layer } from "../types.ts";

/** Options of lenet(). */
export interface LenetOptions extends NetOptions {
  /** How the maps shrink: "max" unless told; "none" keeps their size. */
  readonly pool?: "max" | "avg" | "none";
}

/**
 * LeNet-5 with ReLU and max pooling: 61,706 parameters.
 *
 * LeCun et al., 1998, had tanh, a mean with trained scale, and a sparse second
 * convolution. Padding "same" stands in for their 28 x 28 digits on a 32 x 32
 * field. The output is one logit a class, without softmax.
 *
 * @param options classes = 10, width = 1, inputShape = [28, 28, 1], pool = "max".
 * @throws {TypeError} An unknown option; a pool that is none of the words.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, lenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(lenet()).parameters, 61706);
 * ```
 */
export function lenet(options: LenetOptions = {}): Architecture {
  const { classes, width, inputShape, pool } = settle("lenet", options, {
    classes: 10,
    width: 1,
    inputShape: [28, 28, 1],
    pool: "max",
  });
  const wide = scaled("lenet", { classes, width, inputShape });
  checkWord("lenet", "pool", pool, ["max", "avg", "none"]);
  const shrink = (name: string): Layer[] => {
    if (pool === "none") return [];
    return [
      pool === "max" ? layers.maxPool2d({ name }) : layers.avgPool2d({ name }),
    ];
  };
  return network("LeNet", inputShape, [
    layers.conv2d({
      name: "conv1",
      filters: wide(6),
      kernelSize: 5,
      padding: "same",
    }),
    layers.relu(),
    ...shrink("pool1"),
    layers.conv2d({ name: "conv2", filters: wide(16), kernelSize: 5 }),
    layers.relu(),
    ...shrink("pool2"),
    layers.flatten(),
    layers.dense({ name: "dense1", units: wide(120) }),
    layers.relu(),
    layers.dense({ name: "dense2", units: wide(84) }),
    layers.relu(),
    layers.dense({ name: "dense3", units: classes }),
  ]);
}
