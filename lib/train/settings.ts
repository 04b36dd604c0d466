import { checkWord, settle } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import type { TrainerOptions } from "../measure/trainer.ts";

/** Options with every default filled in. */
export type Settings = Required<TrainerOptions>;

/** Checks the options of a trainer and fills in the defaults. */
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
  checkRange(caller, "a learningRate", learningRate, {
    above: 0,
    remedy: "try 0.001 for adam, 0.05 for sgd",
  });
  checkRange(caller, "a momentum", momentum, {
    from: 0,
    below: 1,
    remedy: "0.9 is usual",
  });
  if (momentum > 0 && optimizer === "adam") {
    throw new RangeError(
      `${caller}() expects a momentum only with optimizer "sgd" but found ${momentum} with "adam": adam has its own`,
    );
  }
  checkRange(caller, "a weightDecay", weightDecay, {
    from: 0,
    remedy: "0.0001 is usual",
  });
  return { optimizer, learningRate, momentum, weightDecay };
}

/** Throws unless a learning rate that is set between steps is a number of 0 or more. */
export function checkRate(caller: string, learningRate: number): void {
  const remedy = "look at the schedule, or at what set it";
  checkRange(caller, "a learningRate", learningRate, { from: 0, remedy });
}

/** Throws where no weight is left that a step could move. */
export function checkMoving(caller: string, weights: { size: number }): void {
  if (weights.size > 0) return;
  throw new TypeError(
    `${caller}() expects a network with weights to train but found none that is not frozen: leave out trainable: false where it should learn`,
  );
}

/** Whether weight decay applies to a weight of this name. */
export function decays(name: string): boolean {
  return /(^|\/)(kernel|\w+Kernel)(_\d+)?$/.test(name);
}
