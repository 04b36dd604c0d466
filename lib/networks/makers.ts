/**
 * Short makers of the plain values that describe a network.
 *
 * @module
 */
import { checkGiven } from "../base/arguments.ts";
import { checkFlag, checkWord, settle, shown, unset } from "../base/options.ts";
import { type Makers, makers } from "../layers/kinds.ts";
import { imageShape } from "./plan.ts";
import type {
  Architecture,
  Layer,
  ParallelLayer,
  SequenceLayer,
} from "./types.ts";

/** A branch: one layer, or several in an array; [] is the identity. */
export type Branch = Layer | readonly Layer[];

/** A maker for each kind of layer, and for the two that hold others. */
export interface Layers extends Makers {
  /** Layers one after the other; the name is put before the names inside. */
  sequence(
    parts: readonly Layer[],
    settings?: { name?: string; trainable?: boolean },
  ): SequenceLayer;
  /** Branches that read the same input; a branch is a layer or an array of layers. */
  parallel(
    branches: readonly Branch[],
    settings: { join: "concat" | "add"; name?: string; trainable?: boolean },
  ): ParallelLayer;
}

/** A list as it is; anything else is refused for the function `fn`. */
function list<T>(fn: string, name: string, value: readonly T[]): readonly T[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(
    `${fn}() expects the ${name} as an array but found ${
      shown(value)
    }: write [layers.relu()]`,
  );
}

/** Name and `trainable` as fields, where they are told. */
function given(fn: string, told: { name?: string; trainable?: boolean }) {
  checkGiven(checkFlag, fn, { trainable: told.trainable });
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined),
  );
}

/** A branch as one layer. */
function asLayer(branch: Branch): Layer {
  return Array.isArray(branch)
    ? { kind: "sequence", layers: branch }
    : branch as Layer;
}

/**
 * Makers of layers: each returns a plain value, and computes nothing.
 *
 * The fields have the names and defaults of the layer functions: padding
 * "valid", strides 1 (for pooling: poolSize), useBias true. An unknown field, or
 * a padding or join that is none of its words, is a TypeError; whether the numbers
 * fit is checked where the network is described or built.
 *
 * `trainable: false` freezes a layer with weights, or all layers of a sequence or
 * parallel: both trainers leave its weights as they are, to the bit.
 *
 * @example
 * ```ts
 * import { layers } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(layers.conv2d({ filters: 6, kernelSize: 5 }), {
 *   kind: "conv2d",
 *   filters: 6,
 *   kernelSize: 5,
 * });
 * ```
 */
export const layers: Layers = {
  ...makers,
  sequence(parts, settings = {}) {
    const fn = "layers.sequence";
    const told = settle(fn, settings, unset("name", "trainable"));
    const layers = list(fn, "layers", parts);
    return { kind: "sequence", layers, ...given(fn, told) };
  },
  parallel(branches, settings) {
    const fn = "layers.parallel";
    const names = unset("join", "name", "trainable");
    const { join, ...told } = settle(fn, settings, names);
    checkWord(fn, "join", join, ["concat", "add"]);
    const all = list(fn, "branches", branches).map(asLayer);
    return { kind: "parallel", branches: all, join, ...given(fn, told) };
  },
};

/**
 * A network: a name, the shape of one image, and its layers.
 *
 * @param name What tables and drawings call it.
 * @param inputShape Shape of one image [H, W, C].
 * @param parts Layers in order.
 * @returns A plain value that JSON can hold.
 * @throws {TypeError} A name that is no text, a shape that is no image's, or
 * layers that are no list. What the layers do is checked where they are used.
 *
 * @example
 * ```ts
 * import { describe, layers, network } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const tiny = network("tiny", [4, 4, 1], [
 *   layers.conv2d({ filters: 2, kernelSize: 3 }),
 *   layers.relu(),
 *   layers.flatten(),
 *   layers.dense({ units: 3 }),
 * ]);
 * // (3 * 3 * 1 * 2 + 2) + (2 * 2 * 2 * 3 + 3)
 * assertEquals(describe(tiny).parameters, 20 + 27);
 * ```
 */
export function network(
  name: string,
  inputShape: readonly [number, number, number],
  parts: readonly Layer[],
): Architecture {
  if (typeof name !== "string") {
    throw new TypeError(
      `network() expects a name as text but found ${
        shown(name)
      }: write network("tiny", inputShape, layers)`,
    );
  }
  return {
    name,
    inputShape: [...imageShape(inputShape, "network()")],
    layers: [...list("network", "layers", parts)],
  };
}
