/**
 * Loading TensorFlow.js: only when it is asked for, never on import.
 *
 * The rest of the library stays quick to import and free of tfjs; whoever needs
 * it awaits `loadTf()` (or `useBackend()`), and from then on `tfjs()` hands it
 * out without waiting.
 *
 * @module
 */

import { customLayers } from "./custom_layers/mod.ts";
import { repairTf } from "./repairs/mod.ts";
import type { Tf } from "./tf.ts";

let loading: Promise<Tf> | undefined;
let loaded: Tf | undefined;

/**
 * Loads TensorFlow.js once; later calls get the same module.
 *
 * @returns The module `@tensorflow/tfjs`, without a chosen backend.
 *
 * @example
 * ```ts
 * import { loadTf } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const tf = await loadTf();
 * assertEquals(tf.util.sizeFromShape([2, 3]), 6);
 * ```
 */
export function loadTf(): Promise<Tf> {
  loading ??= import("@tensorflow/tfjs").then((tf) => {
    // The cpu backend greets its first use in Node with a notice; that flag is
    // the only thing it is good for.
    (tf.findBackend("cpu") as unknown as { firstUse: boolean }).firstUse =
      false;
    repairTf(tf);
    customLayers(tf); // known by name when a saved model is loaded
    return loaded = tf;
  }).catch((error) => {
    loading = undefined; // another call may succeed
    throw error;
  });
  return loading;
}

/**
 * TensorFlow.js, once it is loaded.
 *
 * @returns The module that `await loadTf()` or `await useBackend()` loaded.
 * @throws {Error} It is not loaded yet.
 *
 * @example
 * ```ts
 * import { tfjs, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend();
 * assertEquals(tfjs().scalar(2).square().dataSync()[0], 4);
 * ```
 */
export function tfjs(): Tf {
  if (loaded === undefined) {
    throw new Error(
      "tfjs() expects TensorFlow.js to be loaded but found that it is not: call await useBackend() first",
    );
  }
  return loaded;
}
