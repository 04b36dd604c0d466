/** The training loop. */
import {
  batchesOf,
  checkBatchSize,
  checkFilled,
  checkSet,
  type ImageSet,
} from "../data/image_set.ts";
import { checkTensor } from "../base/check.ts";
import { type StopButton, stoppable } from "../kernel/stop_button.ts";
import { checkSeed, settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { streamFor } from "../base/stream.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { measure } from "../measure/evaluate.ts";
import { pause } from "../base/pause.ts";
import type { FitOptions, History, TrainingStep } from "./history.ts";
import type { Schedule } from "./schedule.ts";
import { checkLoss } from "../measure/classify.ts";
import {
  checkTrainer,
  type Stepping,
  type Trainer,
} from "../measure/trainer.ts";

/**
 * Trains on every image of a set, `epochs` times, in an order that the seed decides.
 *
 * Between steps the event loop gets its turn, so that live displays move. With
 * the same seed and no `maxSeconds`, two runs are the same. A notebook's stop
 * button ends the training; the kernel and what was learned stay.
 *
 * @param trainer From scratchTrainer() or tfTrainer(); its network changes.
 * @param set Images and labels.
 * @param options `epochs` and `seed` are needed; the rest is optional.
 * @returns Loss and accuracy of every step, and the speed; with tfTrainer() also
 * `stepping`: "planned" where at least one step was, else "taped".
 * @throws {TypeError} An unknown option; images without one label each; an
 * augmentation that gives other things than as many images.
 * @throws {RangeError} A setting out of range; a label that is no class.
 * @throws {Error} The loss became NaN or infinite, or the stop button was pressed.
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
  const settled = settle("fit", options, {
    epochs: undefined,
    batchSize: 64,
    seed: undefined,
    validation: undefined,
    onProgress: undefined,
    schedule: undefined,
    augment: undefined,
    maxSeconds: Infinity,
  });
  checkTraining(trainer, set, settled);
  const base = trainer.learningRate, steps: TrainingStep[] = [];
  try {
    return await stoppable(
      (stop) => train(trainer, set, settled, stop, steps),
      () => stopped(steps.length + 1, "in"),
    );
  } finally {
    if (settled.schedule) trainer.learningRate = base;
  }
}

/** The error of a training that the stop button ended. */
function stopped(step: number, when: "in" | "after"): Error {
  return new Error(
    `fit() was stopped ${when} step ${step}: the trainer keeps what it learned; make a new one to start afresh`,
  );
}

/** All steps, which are noted in `steps` as they are made. */
async function train(
  trainer: Trainer,
  set: ImageSet,
  options: FitOptions & { batchSize: number; maxSeconds: number },
  stop: StopButton,
  steps: TrainingStep[],
): Promise<History> {
  const { epochs, batchSize, validation, onProgress, schedule } = options;
  const { augment, maxSeconds } = options, base = trainer.learningRate;
  const shuffleStream = streamFor(options.seed, "shuffle");
  const augmentStream = streamFor(options.seed, "augment");
  const total = epochs * Math.ceil(set.labels.length / batchSize);
  const validations: TrainingStep[] = [];
  let stepping: Stepping | undefined;
  let seconds = 0, seen = 0, lastPause = performance.now();

  for (let epoch = 1; epoch <= epochs && seconds < maxSeconds; epoch++) {
    const seed = shuffleStream.integer(2 ** 31);
    for (const { images, labels } of batchesOf(set, { batchSize, seed })) {
      const started = performance.now();
      if (schedule) {
        const done = Math.max(steps.length / total, seconds / maxSeconds);
        trainer.learningRate = base! * factorOf(schedule, done);
      }
      const { loss, correct } = await stop.compute(() => {
        const input = augment ? augment(images, augmentStream) : images;
        if (augment) checkAugmented(input, images);
        return trainer.step(input, labels);
      });
      seconds += (performance.now() - started) / 1000;
      if (stepping !== "planned") stepping = trainer.stepping;
      checkLoss("fit", loss, steps.length + 1, trainer.learningRate);
      seen += labels.length;
      const accuracy = correct / labels.length;
      const now = { step: steps.length + 1, epoch, loss, accuracy };
      steps.push(now);

      const over = seconds >= maxSeconds;
      const epochEnds = over || now.step === epoch * total / epochs;
      if (validation && epochEnds) {
        const measured = measure("fit", trainer, validation, stop.compute);
        const { loss, accuracy } = await measured;
        validations.push({ ...now, loss, accuracy });
      }
      await stop.compute(() =>
        onProgress?.({
          ...now,
          steps: total,
          epochs,
          learningRate: trainer.learningRate,
          seconds,
          imagesPerSecond: seen / seconds,
          ...(validation && epochEnds && { validation: validations.at(-1) }),
          last: over || now.step === total,
        })
      );
      lastPause = await pause(lastPause);
      if (stop.pressed) throw stopped(now.step, "after");
      if (over) break;
    }
  }
  const imagesPerSecond = seen / seconds;
  const history = { steps, validation: validations, seconds, imagesPerSecond };
  return stepping ? { ...history, stepping } : history;
}

/** Throws for a training that cannot start. */
function checkTraining(
  trainer: Trainer,
  set: ImageSet,
  options: FitOptions,
): void {
  const { epochs, batchSize, seed, validation, schedule, maxSeconds } = options;
  checkTrainer("fit", trainer, "step");
  checkRange("fit", "a whole number of epochs", epochs, {
    from: 1,
    whole: true,
    remedy: "3 is a start",
  });
  checkBatchSize("fit", batchSize!);
  if (seed === undefined) {
    throw new TypeError(
      "fit() expects a seed but found none: pass any whole number, such as 1, so that the training can be repeated",
    );
  }
  checkSeed("fit", seed);
  checkFilled("fit", set);
  if (validation !== undefined) {
    checkSet("fit", validation);
    checkTrainer("fit", trainer, "logits");
  }
  if (!(typeof maxSeconds === "number" && maxSeconds > 0)) {
    throw new RangeError(
      `fit() expects maxSeconds above 0 but found ${
        shown(maxSeconds)
      }: leave it out to train all epochs`,
    );
  }
  for (const name of ["onProgress", "schedule", "augment"] as const) {
    const value = options[name];
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(
      `fit() expects a function as ${name} but found ${
        shown(value)
      }: pass the function itself, such as ${HELPERS[name]}`,
    );
  }
  if (schedule && !Number.isFinite(trainer.learningRate)) {
    throw new TypeError(
      `fit() expects a trainer with a learningRate for a schedule but found ${
        shown(trainer.learningRate ?? "none")
      }: make it with scratchTrainer() or tfTrainer()`,
    );
  }
}

/** What makes the functions that fit() takes. */
const HELPERS = {
  onProgress: "trackProgress(title)",
  schedule: "cosineSchedule()",
  augment: "randomShift(2)",
};

/** What a schedule gives, once it is a number of 0 or more. */
function factorOf(schedule: Schedule, done: number): number {
  const factor = schedule(done);
  checkRange("fit", "a schedule that gives numbers", factor, {
    from: 0,
    where: ` for the share ${done} of the training`,
    remedy: "return a factor, such as 0.5",
  });
  return factor;
}

/** Throws unless an augmentation gave as many images as it got. */
function checkAugmented(found: Tensor, images: Tensor): void {
  const as = "the images that augment gives";
  if (found === undefined) {
    throw new TypeError(
      `fit() expects a tensor as ${as} but found undefined: return the changed images`,
    );
  }
  checkTensor("fit", as, found);
  if (found.shape[0] === images.shape[0]) return;
  throw new TypeError(
    `fit() expects ${images.shape[0]} images from augment but found ${
      shapeText(found.shape)
    }: change each image, and keep all in their order`,
  );
}
