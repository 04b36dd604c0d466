/** What the training loop asks of a network, whichever engine it runs on. */
import { shown } from "../base/options.ts";
import type { Labels } from "../base/labels.ts";
import type { Tensor } from "../base/tensor.ts";

/** One gradient a weight, under the weight's name: `conv1/kernel`. */
export type Gradients = ReadonlyMap<string, Tensor>;

/** Loss and hits of one step, measured before the weights move. */
export interface StepResult {
  /** Mean cross entropy of the batch. */
  readonly loss: number;
  /** Images of the batch whose largest logit is that of their label. */
  readonly correct: number;
}

/**
 * How a step was done: "planned", from a recording of an earlier one, or "taped",
 * with the records that TensorFlow.js keeps of every operation. The numbers are the
 * same.
 */
export type Stepping = "planned" | "taped";

/** A network that learns: what fit(), evaluate() and shiftCurve() work with. */
export interface Trainer {
  /** One step of gradient descent on a batch [B, H, W, C]. */
  step(images: Tensor, labels: Labels): Promise<StepResult>;
  /** Logits [N, classes] of any number of images, as in use (no dropout). */
  logits(images: Tensor): Promise<Tensor>;
  /** Gradients of the loss on a batch; the weights stay as they are. */
  gradients?(images: Tensor, labels: Labels): Promise<Gradients>;
  /** Length of the steps; schedules change it between steps. */
  learningRate?: number;
  /** How the last step was done; absent where there is one way only. */
  readonly stepping?: Stepping;
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

/** Throws unless the trainer has the method that is needed. */
export function checkTrainer(
  caller: string,
  trainer: Partial<Trainer>,
  method: "step" | "logits",
): void {
  if (typeof trainer?.[method] === "function") return;
  throw new TypeError(
    `${caller}() expects a trainer with ${method}() but found ${
      shown(trainer)
    }: make it with scratchTrainer() or tfTrainer()`,
  );
}
