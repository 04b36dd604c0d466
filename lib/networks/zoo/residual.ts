import { checkCount } from "../../base/check.ts";
import {
  checkFlag,
  checkOptions,
  checkWord,
  settle,
} from "../../base/options.ts";
import { layers } from "../makers.ts";
import type { Layer } from "../types.ts";

/** How a residual block is built. */
export interface ResidualSettings {
  readonly name: string;
  /** Channels that come in. */
  readonly channels: number;
  /** Channels of the 3x3 convolutions. */
  readonly filters: number;
  /** Stride of the first 3x3 convolution; 1 unless told. */
  readonly strides?: number;
  /** "bottleneck": 1x1, 3x3, 1x1 to four times the filters; "basic" (3x3, 3x3) unless told. */
  readonly block?: "basic" | "bottleneck";
  /** Where the shapes differ: a 1x1 convolution unless told, or subsampling and zero channels. */
  readonly shortcut?: "projection" | "pad";
  /** true unless told. */
  readonly batchNorm?: boolean;
  /** The same layers without the shortcut; false unless told. */
  readonly plain?: boolean;
}

/**
 * A residual block (He et al., 2015): its layers learn what to add to their input.
 *
 * Convolutions have no bias where batch normalisation follows. The stride is in
 * the 3x3 convolution.
 *
 * @returns The layers of the block, its last ReLU included.
 * @throws {TypeError} An unknown setting; a block or shortcut that is neither word.
 * @throws {RangeError} Channels, filters or strides that are not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { describe, network, residualBlock } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const block = residualBlock({ name: "block", channels: 64, filters: 64 });
 * // two 3x3 convolutions of 64 to 64 channels, each with 128 of batchNorm
 * const { parameters } = describe(network("one", [56, 56, 64], [block]));
 * assertEquals(parameters, 2 * (9 * 64 * 64 + 128));
 * ```
 */
export function residualBlock(settings: ResidualSettings): Layer {
  const fn = "residualBlock";
  // Channels have no default, so there is no call without settings.
  if (settings === undefined) checkOptions(fn, settings, ["name"]);
  const given = settle(fn, settings, {
    name: undefined,
    channels: undefined,
    filters: undefined,
    strides: 1,
    block: "basic",
    shortcut: "projection",
    batchNorm: true,
    plain: false,
  });
  const { name, channels, filters, strides, block, batchNorm, plain } = given;
  checkCount(fn, "channels", channels);
  checkCount(fn, "filters", filters);
  checkCount(fn, "strides", strides);
  checkWord(fn, "block", block, ["basic", "bottleneck"]);
  checkWord(fn, "shortcut", given.shortcut, ["projection", "pad"]);
  checkFlag(fn, "batchNorm", batchNorm);
  checkFlag(fn, "plain", plain);
  const conv = (
    number: number | string,
    kernelSize: number,
    filters: number,
    strides = 1,
  ): Layer[] => [
    layers.conv2d({
      name: `conv${number}`,
      filters,
      kernelSize,
      strides,
      padding: "same",
      useBias: !batchNorm,
    }),
    ...(batchNorm ? [layers.batchNorm({ name: `bn${number}` })] : []),
  ];
  const relu = (number: number | string) =>
    layers.relu({ name: `relu${number}` });
  const out = block === "basic" ? filters : 4 * filters;
  const main = block === "basic"
    ? [...conv(1, 3, filters, strides), relu(1), ...conv(2, 3, filters)]
    : [
      ...conv(1, 1, filters),
      relu(1),
      ...conv(2, 3, filters, strides),
      relu(2),
      ...conv(3, 1, out),
    ];
  const last = relu(block === "basic" ? 2 : 3);
  if (plain) return layers.sequence([...main, last], { name });
  const shortcut = strides === 1 && channels === out
    ? []
    : given.shortcut === "pad"
    ? [layers.padShortcut({ name: "shortcut", filters: out, strides })]
    : conv("Shortcut", 1, out, strides);
  return layers.sequence([
    layers.parallel([main, shortcut], { join: "add" }),
    last,
  ], { name });
}
