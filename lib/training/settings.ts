import type { TrainerOptions } from "./trainer.ts";

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
