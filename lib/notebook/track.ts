/** A live display for fit(). */
import { progress } from "./progress.ts";
import { checkRange } from "../base/range.ts";
import { checkText } from "../base/arguments.ts";
import type { TrainingProgress } from "../train/history.ts";

/** What fit() takes as onProgress. */
export type Track = (progress: TrainingProgress) => Promise<void>;

/**
 * Shows one bar with the time left over several trainings.
 *
 * @param title What is being done.
 * @param fits How often the returned function is handed to fit(); 1 unless told.
 * @returns A function for fit()'s `onProgress`.
 * @throws {RangeError} No whole number of trainings, or one training more.
 *
 * @example
 * ```ts
 * import { buildNetwork, fit, loadMnist, mlp, scratchTrainer, trackProgress } from "cnn";
 *
 * const digits = await loadMnist({ limit: 100 });
 * const onProgress = trackProgress("Three seeds", 3);
 * for (const seed of [1, 2, 3]) {
 *   const trainer = scratchTrainer(buildNetwork(mlp(), { seed }));
 *   await fit(trainer, digits, { epochs: 1, seed, onProgress });
 * }
 * ```
 */
export function trackProgress(title: string, fits = 1): Track {
  checkText("trackProgress", "title", title);
  const remedy = "count the calls of fit()";
  checkRange("trackProgress", "a whole number of trainings", fits, {
    from: 1,
    whole: true,
    remedy,
  });
  const bar = progress(title, fits);
  let finished = 0;
  return async ({ step, steps, last, imagesPerSecond }) => {
    if (finished === fits) {
      throw new RangeError(
        `trackProgress() expects ${fits} trainings for "${title}" but found one more: ${remedy}`,
      );
    }
    const speed = `${imagesPerSecond.toFixed(0)} images/s`;
    const note = fits === 1 ? speed : `${finished + 1} of ${fits}, ${speed}`;
    await bar.update(finished + step / steps, note);
    if (!last) return;
    finished++;
    if (finished === fits) await bar.finish();
  };
}
