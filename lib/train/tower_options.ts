import { checkCount } from "../base/check.ts";
import { checkSeed, settle } from "../base/options.ts";

/** Settings of fitTowers(). */
export interface TowerOptions {
  /** Words of the vocabulary. */
  words: number;
  /** Decides the first weights, the batches and the words left out. */
  seed: number;
  /** Numbers that a picture and a caption become; 64 unless told. */
  size?: number;
  /** 200 unless told. */
  steps?: number;
  /** Pairs of a step; 64 unless told. */
  batchSize?: number;
  /** 0.003 unless told. */
  learningRate?: number;
  /** What each step takes off the weights; 0.05 unless told. */
  weightDecay?: number;
  /** 0.1 unless told. */
  temperature?: number;
  /** Share of a caption's words that each step leaves out; 0.3 unless told. */
  drop?: number;
}

/** The options of both kinds of towers, checked, with what holds where nothing is told. */
export function settleTowers(fn: string, options: TowerOptions) {
  const settled = settle(fn, options, {
    words: undefined,
    seed: undefined,
    size: 64,
    steps: 200,
    batchSize: 64,
    learningRate: 0.003,
    weightDecay: 0.05,
    temperature: 0.1,
    drop: 0.3,
  });
  const { words, seed, size, steps, batchSize } = settled;
  for (
    const [name, value] of Object.entries({ words, size, steps, batchSize })
  ) {
    checkCount(fn, name, value);
  }
  checkSeed(fn, seed);
  return settled;
}
