/**
 * A warning before a training that the engine cannot hold.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { bytesText } from "../base/bytes.ts";
import { formatNumber } from "../base/numbers.ts";
import { shapeText } from "../base/tensor.ts";
import { tfjs } from "../engine/load.ts";
import { planOf, recorder } from "../engine/planned.ts";
import { memoryOf } from "../networks/memory.ts";
import type { Settings } from "./settings.ts";

/**
 * What looks, before a step, whether the memory of wasm has room for it, and prints
 * a line, once, where it has none. Of a model that toLayersModel() did not make, and
 * of other engines, nothing is known.
 */
export function roomWarning(
  model: tensorflow.LayersModel,
  { optimizer, momentum }: Settings,
): (batchSize: number) => void {
  const plan = planOf(model);
  const states = optimizer === "adam" ? 2 : momentum > 0 ? 1 : 0;
  let told = false, seen = 0; // the largest batch
  return (batchSize) => {
    if (told || plan === undefined || batchSize <= seen) return;
    seen = batchSize;
    if (tfjs().getBackend() !== "wasm") return;
    const { room } = recorder()!;
    const needed = (images: number) => memoryOf(plan, images, states).training;
    if (needed(batchSize) <= room) return;
    told = true;
    const fixed = needed(0),
      fit = Math.floor(
        (room - fixed) / (needed(1) - fixed),
      );
    console.log(
      `tfTrainer() expects a step that fits into the ${
        bytesText(room)
      } of wasm's memory but found one of about ${
        bytesText(needed(batchSize))
      }, for ${formatNumber(batchSize)} images ${
        shapeText(plan.inputShape)
      }, and may fail: ${
        fit >= 1
          ? `take a batchSize of ${
            formatNumber(fit)
          } or less, or smaller images`
          : "take smaller images, or a smaller network"
      }`,
    );
  };
}
