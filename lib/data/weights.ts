/** Weights in files: safetensors, in float32. */
import type { Architecture } from "../networks/types.ts";
import { fittingWeights, type Weights } from "../networks/weights.ts";
import { decodeWeights, encodeWeights } from "../networks/weights_file.ts";
import type { Tensor } from "../base/tensor.ts";
import { errors, writeFile } from "../kernel/platform.ts";
import { pathOf, readBytes, unreadable } from "./files.ts";

/**
 * Saves weights as a safetensors file, in float32.
 *
 * The file is written under another name beside it and then renamed, so that
 * an interrupted run leaves the old file whole.
 *
 * @param path Where to write; its folder must exist.
 * @param weights Weights by name.
 * @throws {Deno.errors.NotFound} The folder is missing.
 * @throws {TypeError} No Map of tensors, a name that the format does not take, or
 * a shape that does not fit its numbers; no file is written then.
 * @throws {RangeError} NaN, or a number too large for float32.
 *
 * @example
 * ```ts
 * import { initialWeights, lenet, loadWeights, saveWeights } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const weights = initialWeights(lenet(), 1);
 * await saveWeights(path, weights);
 * assertEquals(await loadWeights(path, lenet()), weights);
 * await Deno.remove(path);
 * ```
 */
export async function saveWeights(
  path: string | URL,
  weights: ReadonlyMap<string, Tensor>,
): Promise<void> {
  const target = pathOf(path, "saveWeights");
  const bytes = encodeWeights(weights, "saveWeights");
  try {
    await writeFile(target, bytes);
  } catch (error) {
    if (error instanceof errors.IsADirectory) {
      throw new errors.IsADirectory(
        `saveWeights() expects the name of a file but found the folder ${target}: write a name behind it, such as net.safetensors`,
        { cause: error },
      );
    }
    if (!(error instanceof errors.NotFound)) {
      throw unreadable("saveWeights", target, error as Error);
    }
    throw new errors.NotFound(
      `saveWeights() expects the folder of ${target} to exist but found none: make it first, with Deno.mkdir`,
      { cause: error },
    );
  }
}

/**
 * Loads the weights of a safetensors file.
 *
 * @param path The file.
 * @param architecture The network they are for; with it, names and shapes are checked.
 * @returns Weights in float32.
 * @throws {Deno.errors.NotFound} No such file.
 * @throws {TypeError} A damaged file, or weights that do not fit the architecture.
 *
 * @example
 * ```ts
 * import { dataFolder, lenet, loadWeights } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new URL("weights/lenet-mnist.safetensors", dataFolder);
 * const weights = await loadWeights(file, lenet());
 * assertEquals(weights.get("conv1/kernel")?.shape, [5, 5, 1, 6]);
 * ```
 */
export async function loadWeights(
  path: string | URL,
  architecture?: Architecture,
): Promise<Weights> {
  const source = pathOf(path, "loadWeights");
  const bytes = await readBytes(
    source,
    "loadWeights",
    "check the path, or save weights there with saveWeights()",
  );
  const weights = decodeWeights(bytes, source, "loadWeights");
  return architecture === undefined
    ? weights
    : fittingWeights("loadWeights", architecture, weights);
}
