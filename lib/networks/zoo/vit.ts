/**
 * Vision Transformers: the published ones and small relatives.
 *
 * @module
 */
import { checkCount } from "../../base/check.ts";
import {
  checkFlag,
  checkOptions,
  checkWord,
  settle,
} from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture, Layer } from "../types.ts";

/** How a block of a Transformer is built. */
export interface TransformerSettings {
  readonly name: string;
  /** Numbers of a token. */
  readonly size: number;
  /** Heads of the attention. */
  readonly heads: number;
  /** Units between the two dense layers; four times the size unless told. */
  readonly hidden?: number;
  /** "gelu" unless told. */
  readonly activation?: "gelu" | "relu";
  /** Added to the variance in layer normalisation; 1e-6 unless told. */
  readonly epsilon?: number;
}

/**
 * A block of a Transformer: attention, then two dense layers for each token by
 * itself; both add to their input, which layer normalisation comes before.
 *
 * Source: Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020, equations 2 and 3.
 *
 * @returns The layers of the block: [T, size] becomes [T, size].
 * @throws {TypeError} An unknown setting; an activation that is neither word.
 * @throws {RangeError} Sizes, heads or units that are not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { describe, layers, network, transformerBlock } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const net = network("one", [4, 4, 8], [
 *   layers.patchify({ size: 1 }),
 *   transformerBlock({ name: "block", size: 8, heads: 2 }),
 * ]);
 * // 2 norms, 4 dense layers in the attention, 8 to 32 and back
 * const parameters = 2 * 16 + 4 * (64 + 8) + (8 * 32 + 32) + (32 * 8 + 8);
 * assertEquals(describe(net).parameters, parameters);
 * ```
 */
export function transformerBlock(settings: TransformerSettings): Layer {
  const fn = "transformerBlock";
  // A size has no default, so there is no call without settings.
  if (settings === undefined) checkOptions(fn, settings, ["name"]);
  const given = settle(fn, settings, {
    name: undefined,
    size: undefined,
    heads: undefined,
    hidden: undefined,
    activation: "gelu",
    epsilon: 1e-6,
  });
  const { name, size, heads, activation, epsilon } = given;
  checkCount(fn, "size", size);
  const { hidden = 4 * size } = given;
  checkCount(fn, "heads", heads);
  checkCount(fn, "hidden units", hidden);
  checkWord(fn, "activation", activation, ["gelu", "relu"]);
  const around = (inside: Layer[]) =>
    layers.parallel([inside, []], { join: "add" });
  return layers.sequence([
    around([
      layers.layerNorm({ name: "ln1", epsilon }),
      layers.attention({ name: "attention", heads }),
    ]),
    around([
      layers.layerNorm({ name: "ln2", epsilon }),
      layers.dense({ name: "mlp1", units: hidden }),
      layers[activation](),
      layers.dense({ name: "mlp2", units: size }),
    ]),
  ], { name });
}

/** Blocks in a row. */
const blocks = (
  count: number,
  settings: Omit<TransformerSettings, "name">,
): Layer[] =>
  Array.from(
    { length: count },
    (_, i) => transformerBlock({ ...settings, name: `block${i + 1}` }),
  );

/** The sizes that were published. */
const SIZES = {
  "Ti/16": { size: 192, depth: 12, heads: 3 },
  "S/16": { size: 384, depth: 12, heads: 6 },
  "B/16": { size: 768, depth: 12, heads: 12 },
  "L/16": { size: 1024, depth: 24, heads: 16 },
} as const;

/**
 * A Vision Transformer (Dosovitskiy et al., 2020; Ti and S: Touvron et al., 2020):
 * patches of 16 x 16, a class token, learned positions, 12 or 24 blocks.
 *
 * @param name "Ti/16", "S/16", "B/16" or "L/16".
 * @param options classes = 1000, inputShape = [224, 224, 3].
 * @throws {TypeError} An unknown option or name.
 * @throws {RangeError} classes out of range; an image that 16 does not divide.
 *
 * @example
 * ```ts
 * import { describe, vit } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(vit("Ti/16")).parameters, 5717416);
 * assertEquals(describe(vit("B/16")).parameters, 86567656);
 * ```
 */
export function vit(
  name: keyof typeof SIZES,
  options: Omit<NetOptions, "width"> = {},
): Architecture {
  checkWord("vit", "a name", name, Object.keys(SIZES));
  const { classes, inputShape } = settle("vit", options, {
    classes: 1000,
    inputShape: [224, 224, 3],
  });
  scaled("vit", { classes, inputShape });
  const { size, depth, heads } = SIZES[name];
  return network(`ViT-${name}`, inputShape, [
    layers.patchify({ size: 16 }),
    layers.dense({ name: "embedding", units: size }),
    layers.classToken({ name: "token" }),
    layers.position({ name: "positions" }),
    ...blocks(depth, { size, heads }),
    layers.layerNorm({ name: "ln", epsilon: 1e-6 }),
    layers.firstToken(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}

/** Options of smallVit(). */
export interface SmallVitOptions extends Omit<NetOptions, "width"> {
  /** Side of a patch; 7 unless told. */
  readonly patch?: number;
  /** Numbers of a token; 32 unless told. */
  readonly size?: number;
  /** Blocks; 2 unless told. */
  readonly depth?: number;
  /** Heads of each block; 2 unless told. */
  readonly heads?: number;
  /** Units between a block's dense layers; twice the size unless told. */
  readonly hidden?: number;
  /** false leaves the positions out: a bag of patches. */
  readonly positions?: boolean;
}

/**
 * A Vision Transformer for small pictures: no class token but the mean of all, and
 * ReLU.
 *
 * @param options patch = 7, size = 32, depth = 2, heads = 2, hidden = 2 * size,
 * positions = true, classes = 10, inputShape = [28, 28, 1].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A number that is not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { describe, smallVit } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(smallVit()).parameters, 19594);
 * ```
 */
export function smallVit(options: SmallVitOptions = {}): Architecture {
  const fn = "smallVit";
  const given = settle(fn, options, {
    patch: 7,
    size: 32,
    depth: 2,
    heads: 2,
    hidden: undefined,
    positions: true,
    classes: 10,
    inputShape: [28, 28, 1],
  });
  const { patch, size, depth, heads, positions } = given;
  const { classes, inputShape } = given;
  scaled(fn, { classes, inputShape });
  checkCount(fn, "size", size);
  const { hidden = 2 * size } = given;
  checkCount(fn, "patch", patch);
  checkCount(fn, "heads", heads);
  checkCount(fn, "hidden units", hidden);
  checkCount(fn, "depth", depth);
  checkFlag(fn, "positions", positions);
  return network("small ViT", inputShape, [
    layers.patchify({ size: patch }),
    layers.dense({ name: "embedding", units: size }),
    ...(positions ? [layers.position({ name: "positions" })] : []),
    ...blocks(depth, { size, heads, hidden, activation: "relu" }),
    layers.layerNorm({ name: "ln", epsilon: 1e-6 }),
    layers.tokenMean(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}

/**
 * A hybrid: two convolutions with batch normalisation and pooling see the picture
 * first, one block of a Transformer reads what they found.
 *
 * Source: the idea of Xiao et al., "Early Convolutions Help Transformers See
 * Better", 2021, at a small size.
 *
 * @param options classes = 10, width = 1, inputShape = [28, 28, 1].
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes or width out of range.
 *
 * @example
 * ```ts
 * import { describe, smallHybrid } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(smallHybrid()).layers, 6);
 * ```
 */
export function smallHybrid(options: NetOptions = {}): Architecture {
  const fn = "smallHybrid";
  const { classes, width, inputShape } = settle(fn, options, {
    classes: 10,
    width: 1,
    inputShape: [28, 28, 1],
  });
  const wide = scaled(fn, { classes, width, inputShape });
  const stage = (number: number, filters: number) => [
    layers.conv2d({
      name: `conv${number}`,
      filters,
      kernelSize: 3,
      padding: "same",
      useBias: false,
    }),
    layers.batchNorm({ name: `bn${number}` }),
    layers.relu(),
    layers.maxPool2d({ name: `pool${number}` }),
  ];
  const size = 2 * wide(16); // two heads divide it
  return network("small hybrid", inputShape, [
    ...stage(1, wide(16)),
    ...stage(2, size),
    layers.patchify({ size: 1 }),
    layers.position({ name: "positions" }),
    ...blocks(1, { size, heads: 2, activation: "relu" }),
    layers.layerNorm({ name: "ln", epsilon: 1e-6 }),
    layers.tokenMean(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}
