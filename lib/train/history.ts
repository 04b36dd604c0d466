/** What goes into a training and what comes out. */
import type { ImageSet } from "../data/image_set.ts";
import type { Stepping } from "../measure/trainer.ts";
import type { Augment } from "./augment.ts";
import type { Schedule } from "./schedule.ts";

/** One step of training; loss and accuracy are those of its batch. */
export interface TrainingStep {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean over the batch. */
  readonly loss: number;
  /** Share of the batch, 0 to 1. */
  readonly accuracy: number;
}

/** What fit() reports after each step. */
export interface TrainingProgress extends TrainingStep {
  /** Steps of the whole training. */
  readonly steps: number;
  readonly epochs: number;
  /** Absent where the trainer has none. */
  readonly learningRate?: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Measured in this step: at the end of an epoch, where there is a validation set. */
  readonly validation?: TrainingStep;
  /** Whether this was the last step. */
  readonly last: boolean;
}

/** How to train. */
export interface FitOptions {
  /** How often every image is seen. */
  readonly epochs: number;
  /** Images a step; 64 unless told. */
  readonly batchSize?: number;
  /** Decides the order of the images and the augmentation. */
  readonly seed: number;
  /** Measured after each epoch. */
  readonly validation?: ImageSet;
  /** Called, and awaited, after each step. */
  readonly onProgress?: (progress: TrainingProgress) => void | Promise<void>;
  /** Factor on the trainer's learning rate. */
  readonly schedule?: Schedule;
  /** Changes the images of each batch. */
  readonly augment?: Augment;
  /** Ends the training early; time for validation and progress is not counted. */
  readonly maxSeconds?: number;
}

/** What happened in training. */
export interface History {
  readonly steps: readonly TrainingStep[];
  /** One entry an epoch; empty without a validation set. */
  readonly validation: readonly TrainingStep[];
  /** Seconds of training, without validation and progress. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** "planned" where at least one step was; absent where the trainer has one way only. */
  readonly stepping?: Stepping;
}
