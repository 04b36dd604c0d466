/** Logs of trainings that are too long for a notebook. */
import { checkText } from "../base/arguments.ts";
import { shown } from "../base/options.ts";
import { dataFolder, pathOf, readBytes } from "./files.ts";

/** How well a network does on a part of the pictures. */
export interface Measure {
  /** Mean cross entropy. */
  readonly loss: number;
  /** Share of the pictures whose class was found, 0 to 1. */
  readonly accuracy: number;
}

/** What was measured behind an epoch. */
export interface EpochMeasures {
  readonly epoch: number;
  /** Mean over the steps of the epoch, on pictures as the network got them. */
  readonly loss: number;
  /** On 2,000 of the pictures that it learns from, or all, unchanged. */
  readonly training: Measure;
  readonly validation: Measure;
}

/** One training: a condition with a seed. */
export interface TrainingRun {
  readonly condition: string;
  readonly seed: number;
  /** Seconds of training on the machine that it ran on. */
  readonly seconds: number;
  /** Measured behind some epochs, the last one among them. */
  readonly epochs: readonly EpochMeasures[];
  /** Measured once, when the training was over. */
  readonly test: Measure;
  /** Accuracy on 2,000 validation pictures, moved by so many pixels: mean of four directions. */
  readonly shifted?: readonly {
    readonly shift: number;
    readonly accuracy: number;
  }[];
}

/** A log that `deno task evidence` wrote. */
export interface RunLog {
  /** What makes it again. */
  readonly command: string;
  /** The question, and what would be an answer, as written before the first run. */
  readonly asks: string;
  readonly data: string;
  readonly training: string;
  /** What was compared; `network` is the SHA-256 of its description as JSON. */
  readonly conditions: readonly {
    readonly name: string;
    readonly layers: number;
    readonly parameters: number;
    readonly multiplyAdds: number;
    readonly receptiveField: number;
    readonly augmentation?: string;
    /** Where they differ from what `training` says. */
    readonly epochs?: number;
    readonly learningRate?: number;
    readonly network: string;
  }[];
  /** Versions of what computed. */
  readonly engine: {
    readonly deno: string;
    readonly tensorflow: string;
    readonly backend: string;
  };
  readonly runs: readonly TrainingRun[];
}

/** A log as it is loaded. */
export interface LoadedRuns extends RunLog {
  /** Seeds with which every condition was trained. */
  readonly seeds: readonly number[];
}

/**
 * Loads a log of `data/runs`, which `deno task evidence` makes.
 *
 * @param name "depth", "kernels", "shortcuts", "augmentation", "inception" or "backbones".
 * @throws {Deno.errors.NotFound} No such log.
 * @throws {TypeError} A name that is no text, or a file that is no log.
 *
 * @example
 * ```ts
 * import { loadRuns } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { command } = await loadRuns("depth");
 * assertEquals(command, "deno task evidence depth");
 * ```
 */
export async function loadRuns(name: string): Promise<LoadedRuns> {
  const fn = "loadRuns";
  checkText(fn, "a name", name);
  const file = new URL(`runs/${name}.json`, dataFolder);
  const text = new TextDecoder().decode(await readBytes(file, fn));
  const no = (found: string) =>
    new TypeError(
      `${fn}() expects a log of deno task evidence but found ${found} in ${
        pathOf(file)
      }: restore the file from the repository`,
    );
  let log: RunLog;
  try {
    log = JSON.parse(text);
  } catch (error) {
    throw no((error as Error).message);
  }
  const { conditions, runs } = log;
  if (!Array.isArray(conditions) || !Array.isArray(runs)) {
    throw no("no conditions, or no runs");
  }
  const drawn = new Set(runs.map(({ seed }) => seed));
  const seeds = [...drawn].filter((seed) =>
    conditions.every(({ name }) =>
      runs.some((run) => run.condition === name && run.seed === seed)
    )
  );
  return { ...log, seeds: seeds.sort((a, b) => a - b) };
}

/** The runs of a condition, one a seed, in the order of the log's seeds. */
function runsOf(
  fn: string,
  { conditions, runs, seeds }: LoadedRuns,
  condition: string,
): TrainingRun[] {
  if (!conditions.some(({ name }) => name === condition)) {
    throw new RangeError(
      `${fn}() expects a condition of the log but found ${
        shown(condition)
      }: it has ${conditions.map(({ name }) => `"${name}"`).join(", ")}`,
    );
  }
  return seeds.map((seed) =>
    runs.find((run) => run.condition === condition && run.seed === seed)!
  );
}

/**
 * One value a seed, of the runs of one condition, in the order of `log.seeds`.
 *
 * @param value What to take of a run.
 * @throws {RangeError} A condition that the log does not have.
 *
 * @example
 * ```ts
 * import { loadRuns, runValues } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const log = await loadRuns("depth");
 * const tested = runValues(log, "3 convolutions", (run) => run.test.accuracy);
 * assertEquals(tested.length, log.seeds.length);
 * ```
 */
export function runValues(
  log: LoadedRuns,
  condition: string,
  value: (run: TrainingRun) => number,
): number[] {
  return runsOf("runValues", log, condition).map(value);
}

/**
 * How a value goes on over the epochs, for meanIntervals() and a line chart.
 *
 * @param value What to take of each measurement.
 * @returns The epochs that were measured, and for each of them one value a seed.
 * @throws {RangeError} A condition that the log does not have.
 *
 * @example
 * ```ts
 * import { loadRuns, runCurve } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const log = await loadRuns("depth");
 * const losses = runCurve(log, "3 convolutions", (at) => at.validation.loss);
 * assertEquals(losses.values.length, losses.epochs.length);
 * ```
 */
export function runCurve(
  log: LoadedRuns,
  condition: string,
  value: (measures: EpochMeasures) => number,
): { epochs: number[]; values: number[][] } {
  const runs = runsOf("runCurve", log, condition);
  const epochs = (runs[0]?.epochs ?? []).map(({ epoch }) => epoch);
  const values = epochs.map((_, i) => runs.map((run) => value(run.epochs[i])));
  return { epochs, values };
}
