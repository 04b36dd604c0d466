/**
 * Layers that tfjs lacks, or has otherwise.
 *
 * @module
 */
import type { Tf } from "../tf.ts";
import { makeGroupedConv2d } from "./grouped_conv2d.ts";
import { makePadShortcut } from "./pad_shortcut.ts";
import { makeSeededDropout } from "./seeded_dropout.ts";

let made: ReturnType<typeof make> | undefined;

/**
 * The classes of the layers, made once tfjs is loaded.
 *
 * tfjs knows them by name from then on, so that `tf.loadLayersModel()` reads
 * what `model.save()` wrote.
 */
export function customLayers(tf: Tf): ReturnType<typeof make> {
  return made ??= make(tf);
}

/** Makes the classes on top of tfjs's Layer. */
function make(tf: Tf) {
  const classes = {
    GroupedConv2d: makeGroupedConv2d(tf),
    PadShortcut: makePadShortcut(tf),
    SeededDropout: makeSeededDropout(tf),
  };
  Object.values(classes).forEach((one) => tf.serialization.registerClass(one));
  return classes;
}
