import { checkWord, settle, shown } from "../base/options.ts";
import type { TrainerOptions } from "../measure/trainer.ts";

/** Options with every default filled in. */
export type Settings = Required<TrainerOptions>;

/**
 * Checks the options of a trainer and fills in the defaults.
 *
 * @param caller Name of the function for messages.
 */
export function settingsOf(caller: string, options: TrainerOptions): Settings {
  const { optimizer, momentum, weightDecay, ...given } = settle(
    caller,
    options,
    {
      optimizer: "adam",
      learningRate: undefined,
      momentum: 0,
      weightDecay: 0,
    },
  );
  checkWord(caller, "optimizer", optimizer, ["adam", "sgd"]);
  const { learningRate = optimizer === "adam" ? 0.001 : 0.05 } = given;
  if (!(Number.isFinite(learningRate) && learningRate > 0)) {
    throw new RangeError(
      `${caller}() expects a learningRate above 0 but found ${
        shown(learningRate)
      }: try 0.001 for adam, 0.05 for sgd`,
    );
  }
  if (!(Number.isFinite(momentum) && momentum >= 0 && momentum < 1)) {
    throw new RangeError(
      `${caller}() expects a momentum from 0 to below 1 but found ${
        shown(momentum)
      }: 0.9 is usual`,
    );
  }
  if (momentum > 0 && optimizer === "adam") {
    throw new RangeError(
      `${caller}() expects a momentum only with optimizer "sgd" but found ${momentum} with "adam": adam has its own`,
    );
  }
  if (!(Number.isFinite(weightDecay) && weightDecay >= 0)) {
    throw new RangeError(
      `${caller}() expects a weightDecay of 0 or more but found ${
        shown(weightDecay)
      }: 0.0001 is usual`,
    );
  }
  return { optimizer, learningRate, momentum, weightDecay };
}

/** Throws unless a learning rate that is set between steps is a number of 0 or more. */
export function checkRate(caller: string, learningRate: number): void {
  if (Number.isFinite(learningRate) && learningRate >= 0) return;
  throw new RangeError(
    `${caller}() expects a learningRate of 0 or more but found ${
      shown(learningRate)
    }: look at the schedule, or at what set it`,
  );
}

/** Whether weight decay applies to a weight of this name. */
export function decays(name: string): boolean {
  return /(^|\/)kernel(_\d+)?$/.test(name);
}
