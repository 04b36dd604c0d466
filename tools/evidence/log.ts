/** The log of a recipe: what is told before, and one entry a training. */
import { describe, useBackend } from "cnn";
import type { RunLog, TrainingRun } from "../../lib/data/runs.ts";
import { readIfThere, sha256, writeWhole } from "../files.ts";
import { SetupError } from "../process.ts";
import type { Recipe } from "./recipe.ts";

/** What is told of a recipe before its first run. */
export function headOf(recipe: Recipe): Omit<RunLog, "engine" | "runs"> {
  const { name, asks, training, validation, size, ...rest } = recipe;
  const { epochs, batchSize, learningRate } = rest;
  return {
    command: `deno task evidence ${name}`,
    asks,
    data:
      `Fashion-MNIST at ${size} x ${size}: of the training file's 60,000 pictures, ${training} to learn from and ${validation} for validation, drawn by the seed; the 10,000 of the test file, once, when the training is over`,
    training:
      `Adam, learning rate ${learningRate} falling along a cosine to 0, batches of ${batchSize}, ${epochs} epochs${
        recipe.shifts ? ", where a condition tells no others" : ""
      }; the seed decides pictures, starting weights and order`,
    conditions: recipe.conditions.map((condition) => {
      const { name, network, augment, epochs, learningRate } = condition;
      const { layers, parameters, multiplyAdds, receptiveField } = describe(
        network,
      );
      return {
        name,
        ...{ layers, parameters, multiplyAdds, receptiveField },
        ...(augment && { augmentation: augment[0] }),
        ...(epochs && { epochs }),
        ...(learningRate && { learningRate }),
        network: sha256(JSON.stringify(network)),
      };
    }),
  };
}

/**
 * What computes, with its versions: one thread, so that two logs can be made side
 * by side on two cores, and sums are the same on any number of them.
 */
export async function engineNow(): Promise<RunLog["engine"]> {
  const { name, tf } = await useBackend("wasm", { threads: 1 });
  return {
    deno: Deno.version.deno,
    tensorflow: tf.version.tfjs,
    backend: `${name}, one thread`,
  };
}

/**
 * The log at a path, or one without runs.
 *
 * @throws {SetupError} A log of another recipe, or of another engine.
 */
export async function openLog(
  path: string,
  recipe: Recipe,
  engine: RunLog["engine"],
): Promise<RunLog> {
  const begun = { ...headOf(recipe), engine, runs: [] };
  const text = await readIfThere(path);
  if (text === undefined) return begun;
  const found: RunLog = JSON.parse(text);
  const told = ({ runs: _, ...head }: RunLog) => JSON.stringify(head);
  if (told(found) === told(begun)) return found;
  throw new SetupError(
    `evidence expects ${path} to be of the recipe and the versions of today but found others: move it away, or write elsewhere with --out FOLDER`,
  );
}

/** The log with one more run, written whole. */
export async function addRun(
  path: string,
  log: RunLog,
  run: TrainingRun,
): Promise<RunLog> {
  const longer = { ...log, runs: [...log.runs, run] };
  await writeWhole(path, logText(longer));
  return longer;
}

/** A line a run, so that a longer log is a few more lines. */
function logText({ runs, ...head }: RunLog): string {
  const lines = runs.map((run) => `    ${JSON.stringify(run)}`).join(",\n");
  const text = JSON.stringify(head, null, 2).replace(/\n}$/, "");
  return `${text},\n  "runs": [\n${lines}\n  ]\n}\n`;
}
