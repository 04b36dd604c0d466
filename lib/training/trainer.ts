/**
 * What the training loop asks of a network, whichever engine it runs on.
 *
 * @module
 */
import { show, type Tensor } from "../tensor.ts";

/** One gradient a weight, under the weight's name: `conv1/kernel`. */
export type Gradients = ReadonlyMap<string, Tensor>;

/** Loss and hits of one step, measured before the weights move. */
export interface StepResult {
  /** Mean cross entropy of the batch. */
  readonly loss: number;
  /** Images of the batch whose largest logit is that of their label. */
  readonly correct: number;
}

/** A network that learns: what fit(), evaluate() and shiftCurve() work with. */
export interface Trainer {
  /** One step of gradient descent on a batch [B, H, W, C]. */
  step(images: Tensor, labels: Uint8Array): Promise<StepResult>;
  /** Logits [N, classes] of any number of images, as in use (no dropout). */
  logits(images: Tensor): Promise<Tensor>;
  /** Gradients of the loss on a batch; the weights stay as they are. */
  gradients?(images: Tensor, labels: Uint8Array): Promise<Gradients>;
  /** Length of the steps; schedules change it between steps. */
  learningRate?: number;
  /** Frees what the trainer holds; the network itself stays usable. */
  dispose?(): void;
}

/** How a trainer turns gradients into steps. */
export interface TrainerOptions {
  /** "adam" unless told. */
  readonly optimizer?: "adam" | "sgd";
  /** 0.001 for adam and 0.05 for sgd unless told. */
  readonly learningRate?: number;
  /** Share of the last step that sgd keeps, from 0 to below 1; 0 unless told. */
  readonly momentum?: number;
  /**
   * Pulls kernels towards 0; biases and batch normalisation are left alone.
   * Added to the gradient for sgd, applied beside the step for adam (AdamW).
   */
  readonly weightDecay?: number;
}

/** Options with every default filled in. */
export type Settings = Required<TrainerOptions>;

/**
 * Checks the options of a trainer and fills in the defaults.
 *
 * @param caller Name of the function for messages.
 */
export function settingsOf(caller: string, options: TrainerOptions): Settings {
  const { optimizer = "adam", momentum = 0, weightDecay = 0 } = options;
  if (optimizer !== "adam" && optimizer !== "sgd") {
    throw new RangeError(
      `${caller}() expects the optimizer "adam" or "sgd" but found ${
        JSON.stringify(optimizer)
      }: choose one of the two`,
    );
  }
  const { learningRate = optimizer === "adam" ? 0.001 : 0.05 } = options;
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(
      `${caller}() expects a learningRate above 0 but found ${learningRate}: try 0.001 for adam, 0.05 for sgd`,
    );
  }
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(
      `${caller}() expects a momentum from 0 to below 1 but found ${momentum}: 0.9 is usual`,
    );
  }
  if (momentum > 0 && optimizer === "adam") {
    throw new RangeError(
      `${caller}() expects a momentum only with optimizer "sgd" but found ${momentum} with "adam": adam has its own`,
    );
  }
  if (!(weightDecay >= 0 && weightDecay < Infinity)) {
    throw new RangeError(
      `${caller}() expects a weightDecay of 0 or more but found ${weightDecay}: 0.0001 is usual`,
    );
  }
  return { optimizer, learningRate, momentum, weightDecay };
}

/** Whether weight decay applies to a weight of this name. */
export function decays(name: string): boolean {
  return /(^|\/)kernel(_\d+)?$/.test(name);
}

/** Throws unless every label names one of the classes and there is one an image. */
export function checkLabels(
  caller: string,
  labels: Uint8Array,
  logits: readonly number[],
): void {
  const [rows, classes] = logits;
  if (logits.length !== 2 || labels.length !== rows) {
    throw new TypeError(
      `${caller}() expects one row of logits an image and one label a row but found logits ${
        show(logits)
      } and ${labels.length} labels: end the network with dense() and take images and labels from one set`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new RangeError(
        `${caller}() expects labels from 0 to ${classes - 1} but found ${
          labels[i]
        } at place ${i}: give the network as many outputs as there are classes`,
      );
    }
  }
}

/**
 * Throws when a step's loss is no finite number.
 *
 * @param caller Name of the function for messages.
 * @param step Number of the step, from 1.
 */
export function checkLoss(
  caller: string,
  loss: number,
  step: number,
  learningRate?: number,
): void {
  if (Number.isFinite(loss)) return;
  const now = learningRate === undefined ? "" : ` (now ${learningRate})`;
  throw new Error(
    `${caller}() expects a finite loss but found ${loss} at step ${step}: make the network anew, lower the learningRate${now}, and check the images for NaN`,
  );
}

/** Rows of `logits` [N, classes] whose largest value stands at the label. */
export function countCorrect(logits: Tensor, labels: Uint8Array): number {
  const predicted = argMaxRows(logits);
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    if (predicted[i] === labels[i]) correct++;
  }
  return correct;
}

/** Column of the largest value in each row [N, classes]; the first of equals. */
export function argMaxRows({ shape, data }: Tensor): Uint8Array {
  const [rows, columns] = shape;
  const result = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = 0;
    for (let c = 1; c < columns; c++) {
      if (data[start + c] > data[start + best]) best = c;
    }
    result[row] = best;
  }
  return result;
}
