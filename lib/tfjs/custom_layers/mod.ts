/**
 * Layers that tfjs lacks, or has otherwise.
 *
 * @module
 */
import type { Tf } from "../load.ts";
import { makeGroupedConv2d } from "./grouped_conv2d.ts";
import { makePaddedAvgPool2d } from "./padded_avg_pool2d.ts";
import { makePadShortcut } from "./pad_shortcut.ts";
import { makeSeededDropout } from "./seeded_dropout.ts";

let made: ReturnType<typeof make> | undefined;

/** The classes of the layers, made once tfjs is loaded. */
export function customLayers(tf: Tf): ReturnType<typeof make> {
  return made ??= make(tf);
}

/** Makes the classes on top of tfjs's Layer. */
function make(tf: Tf) {
  return {
    GroupedConv2d: makeGroupedConv2d(tf),
    PadShortcut: makePadShortcut(tf),
    PaddedAvgPool2d: makePaddedAvgPool2d(tf),
    SeededDropout: makeSeededDropout(tf),
  };
}
