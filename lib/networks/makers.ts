/**
 * Short makers of the plain values that describe a network.
 *
 * @module
 */
import {
  checkFlag,
  checkOptions,
  checkWord,
  settle,
  shown,
} from "../base/options.ts";
import { imageShape } from "./plan.ts";
import { settingsOf } from "./settings.ts";
import type {
  Architecture,
  BatchNormLayer,
  ConvLayer,
  DenseLayer,
  DropoutLayer,
  Layer,
  PadShortcutLayer,
  ParallelLayer,
  PoolLayer,
  SequenceLayer,
  SimpleLayer,
  SingleLayer,
} from "./types.ts";

/** The settings of a layer: all its fields but the kind. */
type Settings<T> = Omit<T, "kind">;

/** A branch: one layer, or several in an array; [] is the identity. */
export type Branch = Layer | readonly Layer[];

/** The layer of this kind with the settings that were given. */
function make<T extends SingleLayer>(
  kind: T["kind"],
  settings: Settings<T>,
): T {
  const fn = `layers.${kind}`;
  checkOptions(fn, settings, settingsOf(kind));
  const given = Object.entries(settings).filter(([, value]) =>
    value !== undefined
  );
  for (const [name, value] of given) {
    if (name === "padding") checkWord(fn, name, value, ["same", "valid"]);
    if (name === "useBias") checkFlag(fn, name, value);
  }
  return { kind, ...Object.fromEntries(given) } as unknown as T;
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

/** Layers that need no setting but may have a name. */
function simple(kind: SimpleLayer["kind"]) {
  return (settings: { name?: string } = {}): SimpleLayer =>
    make<SimpleLayer>(kind, settings);
}

/** A name as a field, where there is one. */
const named = (name: string | undefined) => name === undefined ? {} : { name };

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
export const layers = {
  /** `{ filters, kernelSize, strides?, padding?, dilations?, groups?, useBias?, name? }` */
  conv2d: (settings: Settings<ConvLayer>): ConvLayer =>
    make<ConvLayer>("conv2d", settings),
  /** `{ units, useBias?, name? }` */
  dense: (settings: Settings<DenseLayer>): DenseLayer =>
    make<DenseLayer>("dense", settings),
  /** `{ poolSize? = 2, strides? = poolSize, padding?, name? }` */
  maxPool2d: (settings: Settings<PoolLayer> = {}): PoolLayer =>
    make<PoolLayer>("maxPool2d", settings),
  /** `{ poolSize? = 2, strides? = poolSize, padding?, name? }` */
  avgPool2d: (settings: Settings<PoolLayer> = {}): PoolLayer =>
    make<PoolLayer>("avgPool2d", settings),
  /** Mean of each channel: [H, W, C] becomes [C]. */
  globalAvgPool2d: simple("globalAvgPool2d"),
  /** [H, W, C] becomes [H * W * C]. */
  flatten: simple("flatten"),
  /** max(0, x) */
  relu: simple("relu"),
  /** Logits become probabilities; the trainers expect nets without it. */
  softmax: simple("softmax"),
  /** `{ epsilon? = 1e-3, momentum? = 0.9, name? }` */
  batchNorm: (settings: Settings<BatchNormLayer> = {}): BatchNormLayer =>
    make<BatchNormLayer>("batchNorm", settings),
  /** `{ rate, name? }` */
  dropout: (settings: Settings<DropoutLayer>): DropoutLayer =>
    make<DropoutLayer>("dropout", settings),
  /** `{ filters, strides? = 1, name? }`: every strides-th pixel, zero channels appended. */
  padShortcut: (settings: Settings<PadShortcutLayer>): PadShortcutLayer =>
    make<PadShortcutLayer>("padShortcut", settings),
  /** Layers one after the other; the name is put before the names inside. */
  sequence: (
    parts: readonly Layer[],
    settings: { name?: string } = {},
  ): SequenceLayer => {
    const fn = "layers.sequence";
    const { name } = settle(fn, settings, { name: undefined });
    const layer = { layers: list(fn, "layers", parts), ...named(name) };
    return { kind: "sequence", ...layer };
  },
  /** Branches that read the same input; a branch is a layer or an array of layers. */
  parallel: (
    branches: readonly Branch[],
    settings: { join: "concat" | "add"; name?: string },
  ): ParallelLayer => {
    const fn = "layers.parallel";
    const { join, name } = settle(fn, settings, {
      join: undefined,
      name: undefined,
    });
    checkWord(fn, "join", join, ["concat", "add"]);
    const all = list(fn, "branches", branches).map(asLayer);
    return { kind: "parallel", branches: all, join, ...named(name) };
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
