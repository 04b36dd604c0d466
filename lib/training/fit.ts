/**
 * The training loop.
 *
 * @module
 */
import { random } from "../random.ts";
import { batchesOf, type ImageSet } from "../data/image_set.ts";
import { evaluate } from "./evaluate.ts";
import { pause } from "./pause.ts";
import type { FitOptions, History, TrainingStep } from "./history.ts";
import { checkLoss } from "./classify.ts";
import type { Trainer } from "./trainer.ts";

/**
 * Trains on every image of a set, `epochs` times, in an order that the seed decides.
 *
 * Between steps the event loop gets its turn, so that live displays move. With
 * the same seed and no `maxSeconds`, two runs are the same.
 *
 * @param trainer From scratchTrainer() or tfTrainer(); its network changes.
 * @param set Images and labels.
 * @param options `epochs` and `seed` are needed; the rest is optional.
 * @returns Loss and accuracy of every step, and the speed.
 * @throws {RangeError} A setting out of range.
 * @throws {Error} The loss became NaN or infinite.
 *
 * @example
 * ```ts
 * import { buildNetwork, fit, loadMnist, mlp, scratchTrainer } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = await loadMnist({ limit: 100 });
 * const trainer = scratchTrainer(buildNetwork(mlp(), { seed: 1 }));
 * const history = await fit(trainer, digits, { epochs: 2, seed: 1 });
 * assertEquals(history.steps.length, 4); // 64 + 36 images, twice
 * ```
 */
export async function fit(
  trainer: Trainer,
  set: ImageSet,
  options: FitOptions,
): Promise<History> {
  checkOptions(trainer, set, options);
  const { epochs, batchSize = 64, validation, onProgress, schedule } = options;
  const { maxSeconds = Infinity } = options;
  const stream = random(options.seed);
  const augmentStream = random(stream.integer(2 ** 31));
  const base = trainer.learningRate;
  const total = epochs * Math.ceil(set.labels.length / batchSize);
  const steps: TrainingStep[] = [], validations: TrainingStep[] = [];
  let seconds = 0, seen = 0, lastPause = performance.now();

  try {
    for (let epoch = 1; epoch <= epochs && seconds < maxSeconds; epoch++) {
      const seed = stream.integer(2 ** 31);
      for (const { images, labels } of batchesOf(set, { batchSize, seed })) {
        const started = performance.now();
        if (schedule) {
          const done = Math.max(steps.length / total, seconds / maxSeconds);
          trainer.learningRate = base! * schedule(done);
        }
        const input = options.augment?.(images, augmentStream) ?? images;
        const { loss, correct } = await trainer.step(input, labels);
        seconds += (performance.now() - started) / 1000;
        checkLoss("fit", loss, steps.length + 1, trainer.learningRate);
        seen += labels.length;
        const accuracy = correct / labels.length;
        const now = { step: steps.length + 1, epoch, loss, accuracy };
        steps.push(now);

        const over = seconds >= maxSeconds;
        const epochEnds = over || now.step === epoch * total / epochs;
        if (validation && epochEnds) {
          const { loss, accuracy } = await evaluate(trainer, validation);
          validations.push({ ...now, loss, accuracy });
        }
        await onProgress?.({
          ...now,
          steps: total,
          epochs,
          learningRate: trainer.learningRate,
          seconds,
          imagesPerSecond: seen / seconds,
          ...(validation && epochEnds && { validation: validations.at(-1) }),
          last: over || now.step === total,
        });
        lastPause = await pause(lastPause);
        if (over) break;
      }
    }
  } finally {
    if (schedule) trainer.learningRate = base;
  }
  return {
    steps,
    validation: validations,
    seconds,
    imagesPerSecond: seen / seconds,
  };
}

/** Throws for a training that cannot start. */
function checkOptions(
  trainer: Trainer,
  set: ImageSet,
  { epochs, schedule, maxSeconds }: FitOptions,
): void {
  if (!(Number.isInteger(epochs) && epochs >= 1)) {
    throw new RangeError(
      `fit() expects a whole number of epochs of 1 or more but found ${epochs}: 3 is a start`,
    );
  }
  if (set.labels.length === 0) {
    throw new RangeError(
      `fit() expects at least one image but found none in "${set.name}": load some`,
    );
  }
  if (maxSeconds !== undefined && !(maxSeconds > 0)) {
    throw new RangeError(
      `fit() expects maxSeconds above 0 but found ${maxSeconds}: leave it out to train all epochs`,
    );
  }
  if (schedule && trainer.learningRate === undefined) {
    throw new TypeError(
      `fit() expects a trainer with a learningRate for a schedule but found none: make it with scratchTrainer() or tfTrainer()`,
    );
  }
}
