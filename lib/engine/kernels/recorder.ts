/**
 * Where whoever records what is computed stands in its way.
 *
 * @module
 */
import type { KernelCall, Result, Tensor } from "../stock.ts";
import type * as tf from "@tensorflow/tfjs";
import type { Allocator, Area } from "./allocator.ts";
import type { Task } from "./threads.ts";

/** Notes what is computed, so that it can be done again; see recording.ts. */
export interface Recorder {
  /** Tasks for all threads, with scratch of `own` bytes for each of them. */
  job(tasks: readonly Task[], own: number): void;
  /** Work of JavaScript on the numbers in memory. */
  also(work: () => void): void;
  /**
   * Work of TensorFlow.js, now and in each replay, that is not recorded itself;
   * `forget` gives back what it holds between them.
   */
  apart(work: () => void, forget: () => void): void;
  /** No gradient came from a tensor to one that it was made of: refuses what follows. */
  cut(from: Tensor, to: Tensor): void;
  /** Why the recording can be used for no more than its results. */
  refuse(why: string): void;
  /** A kernel, tfjs's or ours. */
  kernel(name: string, call: KernelCall, kernelFunc: tf.KernelFunc): Result;
  /** The scratch of the kernels meanwhile, and whose memory it is. */
  readonly scratch: Area;
  readonly allocator: Allocator;
}

/** The recorder at work, if there is one; does a recording run that must change nothing? */
export const recording: { by?: Recorder; rehearsing?: boolean } = {};
