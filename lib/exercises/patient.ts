import { permutation } from "../base/random.ts";
import { checkCount } from "../base/check.ts";
import { checkSeed, settle, unset } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import type { Tensor } from "../base/tensor.ts";
import { concatRows, map, transpose } from "../base/verbs.ts";
import { argMax } from "../base/reduce.ts";
import { batchesOf, type ImageSet, selectImages } from "../data/image_set.ts";
import { loadMnist } from "../data/mnist.ts";
import { resizeImages } from "../data/resize.ts";
import {
  type LayerStatistics,
  layerStatistics,
} from "../explain/layer_statistics.ts";
import {
  type Architecture,
  buildNetwork,
  layers,
  type Network,
  network,
} from "../networks/mod.ts";
import { scratchTrainer } from "../train/scratch_trainer.ts";

/** What is done to a net otherwise than to the healthy one. */
export interface PatientChanges {
  /** Another network for digits [14, 14, 1]. */
  architecture?: Architecture;
  /** 0.01, with Adam, unless told. */
  learningRate?: number;
  /** How often each digit is seen; 6 unless told. */
  epochs?: number;
  /** false keeps the order of the digits. */
  shuffle?: boolean;
  /** Changes the first weights, in place. */
  start?: (weights: ReadonlyMap<string, Tensor>) => void;
  /** What becomes of the 500 digits to learn from. */
  training?: (set: ImageSet, validation: ImageSet) => ImageSet;
  /** What becomes of the digits that it is measured on. */
  validation?: (set: ImageSet) => ImageSet;
  /** true measures digit by digit in training mode: batch norm takes its moments from one. */
  trainingMode?: boolean;
}

/** A trained net with all that a doctor can look at. */
export interface Patient {
  /** Of every step, from the first. */
  readonly losses: readonly number[];
  /** Accuracy in training, one an epoch. */
  readonly training: readonly number[];
  /** Accuracy on 500 validation digits, one an epoch. */
  readonly validation: readonly number[];
  /** Accuracy on 500 digits that were drawn last, after the training. */
  readonly fresh: number;
  /** How each layer answers to 100 validation digits, before the training. */
  readonly before: readonly LayerStatistics[];
  /** The same after the training. */
  readonly after: readonly LayerStatistics[];
  readonly network: Network;
  /** What it was measured on. */
  readonly digits: ImageSet;
}

const BATCH = 25;

/** The healthy net of the clinic, with or without its parts. */
function clinicNet(
  { relu = true, norm = false, softmax = false } = {},
): Architecture {
  const rectified = relu ? [layers.relu()] : [];
  return network("clinic", [14, 14, 1], [
    layers.conv2d({ filters: 6, kernelSize: 5, strides: 2, padding: "same" }),
    ...rectified,
    layers.conv2d({ filters: 12, kernelSize: 3, strides: 2 }),
    ...rectified,
    layers.flatten(),
    ...(norm ? [layers.batchNorm()] : []),
    layers.dense({ units: 10 }),
    ...(softmax ? [layers.softmax()] : []),
  ]);
}

/** Digits by their seed: drawing them takes as long as a training. */
const drawn = new Map<number, ImageSet[]>();

/** Digits of half the size, 1,500 drawn by the seed, in three parts. */
async function clinicDigits(seed: number): Promise<ImageSet[]> {
  const known = drawn.get(seed);
  if (known) return known;
  const set = await loadMnist({ limit: 1500, seed });
  const small = { ...set, images: resizeImages(set.images, 14, 14) };
  const parts = [0, 500, 1000].map((start) =>
    selectImages(small, Array.from({ length: 500 }, (_, i) => start + i))
  );
  if (drawn.size >= 10) drawn.clear(); // some megabytes are enough
  drawn.set(seed, parts);
  return parts;
}

/** Share of the digits that are read rightly, in training mode one by one. */
function accuracyOf(net: Network, set: ImageSet, training: boolean): number {
  let right = 0;
  const batchSize = training ? 1 : 100;
  for (const { images, labels } of batchesOf(set, { batchSize })) {
    const found = argMax(net.forward(images, { training }), 1);
    right += labels.filter((label, i) => label === found[i]).length;
  }
  return right / set.labels.length;
}

/**
 * Trains the clinic's small net on 500 digits of 14 x 14 pixels, six epochs of
 * twenty steps, and writes down what a doctor would look at.
 *
 * @param seed Decides digits, first weights and order.
 * @param changes What is done otherwise than to a healthy net; nothing unless told.
 * @throws {TypeError | RangeError} A seed that is no whole number; an unknown
 * change; a network that does not take the digits.
 *
 * @example
 * ```ts
 * import { trainPatient } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const { losses } = await trainPatient(1, { learningRate: 0.00001 });
 * assert(losses.at(-1)! > 2); // it hardly moved
 * ```
 */
export async function trainPatient(
  seed: number,
  changes: PatientChanges = {},
): Promise<Patient> {
  const fn = "trainPatient";
  checkSeed(fn, seed);
  const how = settle(fn, changes, {
    architecture: clinicNet(),
    learningRate: 0.01,
    epochs: 6,
    shuffle: true,
    ...unset("start", "training", "validation"),
    trainingMode: false,
  });
  const [first, second, third] = await clinicDigits(seed);
  const seen = how.validation ?? ((set: ImageSet) => set);
  const [digits, later] = [seen(second), seen(third)];
  const set = how.training?.(first, second) ?? first;
  const net = buildNetwork(how.architecture, { seed });
  how.start?.(net.weights);
  const { epochs, learningRate, trainingMode } = how;
  checkCount(fn, "epochs", epochs);
  const trainer = scratchTrainer(net, { learningRate });
  const some = selectImages(digits, Array.from({ length: 100 }, (_, i) => i));
  const before = layerStatistics(net, some.images);
  const losses: number[] = [], training: number[] = [];
  const validation: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = how.shuffle ? { seed: 100 * seed + epoch } : {};
    let right = 0;
    for (const batch of batchesOf(set, { batchSize: BATCH, ...order })) {
      const { loss, correct } = await trainer.step(batch.images, batch.labels);
      losses.push(loss);
      right += correct;
    }
    training.push(right / set.labels.length);
    validation.push(accuracyOf(net, digits, trainingMode));
  }
  return {
    losses,
    training,
    validation,
    fresh: accuracyOf(net, later, trainingMode),
    before,
    after: layerStatistics(net, some.images),
    network: net,
    digits,
  };
}

/** The digits in the order of their labels. */
function sorted(set: ImageSet): ImageSet {
  const order = Array.from(set.labels.keys());
  const { labels } = set;
  return selectImages(set, order.toSorted((a, b) => labels[a] - labels[b]));
}

/** Each digit has the label of another one. */
const shuffledLabels = (set: ImageSet): ImageSet => ({
  ...set,
  labels: Array.from(set.labels, (_, i) => set.labels[(7 * i + 3) % 500]),
});

/** Pixels from 0 to 255, as files have them. */
const scaled = (set: ImageSet): ImageSet => ({
  ...set,
  images: map(set.images, (value) => 255 * value),
});

/** Rows taken for columns. */
const turned = (set: ImageSet): ImageSet => ({
  ...set,
  images: transpose(set.images, [0, 2, 1, 3]),
});

const offByOne = (set: ImageSet): ImageSet => ({
  ...set,
  labels: Array.from(set.labels, (label) => (label + 1) % 10),
});

/** Both sets in one. */
const joined = (set: ImageSet, other: ImageSet): ImageSet => ({
  ...set,
  images: concatRows([set.images, other.images]),
  labels: [...set.labels, ...other.labels],
});

/** A sickness by name, as {@linkcode checkDiagnosis} knows it; "healthy" is one of them. */
export type Sickness =
  | "all weights zero"
  | "batch norm in training mode"
  | "dead ReLU"
  | "healthy"
  | "inputs not scaled"
  | "learning rate too high"
  | "learning rate too low"
  | "ReLU missing"
  | "shuffled labels"
  | "softmax twice"
  | "sorted and not shuffled"
  | "validation axes swapped"
  | "validation digits in the training set"
  | "validation labels off by one";

/** All sicknesses: what makes each, and where it shows. */
const SICKNESSES: Readonly<
  Record<Sickness, readonly [PatientChanges, string]>
> = {
  "inputs not scaled": [
    { training: scaled, validation: scaled },
    "the first loss would lie far above log 10: look at the first step, and at std of the first row",
  ],
  "all weights zero": [
    { start: (weights) => weights.forEach(({ data }) => data.fill(0)) },
    "even the convolutions would answer 0 before the training: look at the column std",
  ],
  "dead ReLU": [
    { start: (weights) => weights.get("conv1/bias")!.data.fill(-10) },
    "a ReLU would be dead before the training, while its convolution answers: look at dead, and at std one row above",
  ],
  "learning rate too high": [
    { learningRate: 1 },
    "the loss would leap far above its start within some steps: look at the first steps of the loss",
  ],
  "learning rate too low": [
    { learningRate: 1e-5 },
    "the loss would hardly move, and no layer change: look at the loss, and at std before and after",
  ],
  "sorted and not shuffled": [
    { training: sorted, shuffle: false },
    "the loss would go in waves of one epoch, above log 10 in the first: look for them in the loss curve",
  ],
  "softmax twice": [
    { architecture: clinicNet({ softmax: true }) },
    "the loss would stay above 1.46 however many digits are read, and the last row be a softmax: look at both",
  ],
  "shuffled labels": [
    { training: shuffledLabels },
    "training would rise slowly while validation stays at guessing: look at both accuracy curves",
  ],
  "validation axes swapped": [
    { validation: turned },
    "training would be fine and validation poor, a little above guessing: look at both accuracy curves",
  ],
  "validation labels off by one": [
    { validation: offByOne },
    "validation would fall far below guessing while training is fine: look at the end of both accuracy curves",
  ],
  "validation digits in the training set": [
    { training: joined },
    "validation would be as good as training, and fresh digits be read worse: look at the number for fresh digits beside the two curves",
  ],
  "batch norm in training mode": [
    { architecture: clinicNet({ norm: true }), trainingMode: true },
    "there would be a row bn1, and validation stay at guessing while training is fine: look at both",
  ],
  "ReLU missing": [
    { architecture: clinicNet({ relu: false }) },
    "the table would have no row of a ReLU, and no zeros after the training: look at both",
  ],
  "healthy": [
    {},
    "no curve and no row would differ from the healthy net's: look for the one that does",
  ],
};

/** The names in the order of the table. */
const NAMES = Object.keys(SICKNESSES) as Sickness[];

/** The sicknesses by name, in alphabetical order; "healthy" is one of them. */
export const sicknesses: readonly Sickness[] = Object.freeze(NAMES.toSorted());

/** Every sickness with what its charts would show, for who names it wrongly. */
export const signs: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.map((name) => [name, SICKNESSES[name][1]]),
);

/** What patient `number` has: the first 14 one after the other, then all in other orders. */
export function sicknessOf(number: number): Sickness {
  const round = Math.floor((number - 1) / NAMES.length);
  const place = (number - 1) % NAMES.length;
  return NAMES[round === 0 ? place : permutation(NAMES.length, round)[place]];
}

/** Throws unless a patient can have this number. */
export function checkPatient(fn: string, number: unknown): void {
  checkRange(fn, "a patient's number that is a whole number", number, {
    from: 1,
    whole: true,
    kind: true,
    remedy: "pass such as 1",
  });
}

/**
 * A patient of the clinic whose sickness is not told; each number has its own.
 *
 * @param number From 1.
 * @param options `seed` decides digits, first weights and order; 1 unless told.
 * @throws {TypeError | RangeError} A number or a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { patient } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const { losses } = await patient(1);
 * assert(losses[0] > 20); // a new net knows nothing, and should say so: log 10
 * ```
 */
export async function patient(
  number: number,
  options: { seed?: number } = {},
): Promise<Patient> {
  checkPatient("patient", number);
  const { seed } = settle("patient", options, { seed: 1 });
  checkSeed("patient", seed);
  return await trainPatient(seed, SICKNESSES[sicknessOf(number)][0]);
}
