/** One training of a recipe. */
import {
  cosineSchedule,
  evaluate,
  fit,
  type ImageSet,
  loadFashionMnist,
  resizeImages,
  selectImages,
  shiftCurve,
  tfTrainer,
  toLayersModel,
  type Trainer,
} from "cnn";
import type { Measure, TrainingRun } from "../../lib/data/runs.ts";
import type { Condition, Recipe } from "./recipe.ts";

/** Pictures of the training part on which the fit is measured. */
const MEASURED = 2000;

/** What a seed draws from Fashion-MNIST. */
export interface Parts {
  readonly training: ImageSet;
  readonly validation: ImageSet;
  /** The test file, all of it. */
  readonly test: ImageSet;
}

/** The parts of a recipe with a seed: the validation part follows the training part. */
export async function partsOf(recipe: Recipe, seed: number): Promise<Parts> {
  const { training, validation, size } = recipe;
  const shrunk = (set: ImageSet) =>
    size === 28
      ? set
      : { ...set, images: resizeImages(set.images, size, size) };
  const limit = training + validation;
  const drawn = shrunk(await loadFashionMnist({ limit, seed }));
  return {
    training: selectImages(drawn, range(0, training)),
    validation: selectImages(drawn, range(training, limit)),
    test: shrunk(await loadFashionMnist({ split: "test" })),
  };
}

/** Trains one condition with a seed; the test pictures are looked at behind the last step. */
export async function trainOnce(
  recipe: Recipe,
  condition: Condition,
  seed: number,
  { training, validation, test }: Parts,
  onEpoch: (epoch: number) => void = () => {},
): Promise<TrainingRun> {
  const { batchSize, every, shifts } = recipe;
  const { epochs, learningRate } = { ...recipe, ...toldBy(condition) };
  const model = toLayersModel(condition.network, { seed });
  const trainer = tfTrainer(model, { learningRate });
  const stepsPerEpoch = Math.ceil(training.labels.length / batchSize);
  const count = Math.min(MEASURED, training.labels.length);
  const learned = selectImages(training, range(0, count));
  const measured: TrainingRun["epochs"][number][] = [];
  let losses = 0;
  const { seconds } = await fit(trainer, training, {
    epochs,
    batchSize,
    seed,
    schedule: cosineSchedule(),
    augment: condition.augment?.[1],
    async onProgress({ step, epoch, loss }) {
      losses += loss;
      if (step % stepsPerEpoch !== 0) return;
      onEpoch(epoch);
      if (epoch % every === 0 || epoch === epochs) {
        measured.push({
          epoch,
          loss: rounded(losses / stepsPerEpoch),
          training: await measureOn(trainer, learned),
          validation: await measureOn(trainer, validation),
        });
      }
      losses = 0;
    },
  });
  const atLast = await measureOn(trainer, test);
  const few = selectImages(
    validation,
    range(0, Math.min(MEASURED, validation.labels.length)),
  );
  const moved = shifts && await shiftCurve(trainer, few, shifts);
  trainer.dispose?.();
  model.dispose();
  return {
    condition: condition.name,
    seed,
    seconds: rounded(seconds),
    epochs: measured,
    test: atLast,
    ...(moved && {
      shifted: moved.map(({ shift, accuracy }) => ({
        shift,
        accuracy: rounded(accuracy),
      })),
    }),
  };
}

/** What a condition has of its own. */
function toldBy({ epochs, learningRate }: Condition) {
  return { ...(epochs && { epochs }), ...(learningRate && { learningRate }) };
}

async function measureOn(trainer: Trainer, set: ImageSet): Promise<Measure> {
  const { loss, accuracy } = await evaluate(trainer, set);
  return { loss: rounded(loss), accuracy: rounded(accuracy) };
}

/** Five digits are more than any of these numbers is worth. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
