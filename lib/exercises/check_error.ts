import { checkArray } from "../base/arguments.ts";
import { settle, shown } from "../base/options.ts";

/** What is common to every exercise check. */
export interface CheckOptions {
  /** Number of the exercise, as its heading has it: "2.1". */
  exercise: string;
  /** Decides the numbers of the hidden cases; 1 unless told. */
  seed?: number;
}

/**
 * An exercise is not solved yet; the message names the mistake.
 *
 * @example
 * ```ts
 * import { CheckError } from "cnn";
 * import { assertThrows } from "@std/assert";
 *
 * const solve = () => {
 *   throw new CheckError("2.1", "flipped kernel", "Do not turn the kernel round");
 * };
 * assertThrows(solve, CheckError, "Exercise 2.1: flipped kernel. Do not");
 * ```
 */
export class CheckError extends Error {
  override name = "CheckError";

  /**
   * @param exercise Number of the exercise: "2.1".
   * @param mistake The mistake in a few words: "flipped kernel".
   * @param details What was expected, what was found, and a remedy.
   */
  constructor(
    readonly exercise: string,
    readonly mistake: string,
    details: string,
    options?: ErrorOptions,
  ) {
    super(`Exercise ${exercise}: ${mistake}. ${details}`, options);
  }
}

/** What an exercise may ask for, and what it asks for unless told. */
export interface Features<Feature> {
  readonly known: readonly Feature[];
  readonly usual: readonly Feature[];
}

/** The options of a check, with what stands for those not given. */
export function settleCheck<Feature extends string>(
  caller: string,
  options: CheckOptions & { features?: readonly Feature[] },
  features?: Features<Feature>,
): { exercise: string; seed: number; features: readonly Feature[] } {
  // A check without features does not know the name.
  const defaults = {
    exercise: undefined,
    seed: 1,
    ...(features && { features: features.usual }),
  } as { exercise: undefined; seed: number; features: readonly Feature[] };
  const settled = settle(caller, options, defaults);
  const { seed } = settled;
  if (!Number.isInteger(seed)) {
    const Kind = typeof seed === "number" ? RangeError : TypeError;
    throw new Kind(
      `${caller}() expects a seed that is a whole number but found ${
        shown(seed)
      }: pass such as 1`,
    );
  }
  if (!features) return settled;
  const { known } = features;
  const remedy = `pass such as ["${known[0]}"]`;
  checkArray(caller, "features", settled.features, remedy);
  // A misspelt one would leave its cases out and pass too much.
  const unknown = settled.features.find((feature) => !known.includes(feature));
  if (unknown !== undefined) {
    throw new TypeError(
      `${caller}() expects features among "${known.join('", "')}" but found ${
        shown(unknown)
      }: correct the spelling`,
    );
  }
  return settled;
}

/** Throws unless the number of the exercise is told. */
export function checkExercise(caller: string, exercise: unknown): void {
  if (typeof exercise === "string" && exercise !== "") return;
  throw new TypeError(
    `${caller}() expects the number of the exercise but found ${
      shown(exercise)
    }: pass { exercise: "2.1" }`,
  );
}
