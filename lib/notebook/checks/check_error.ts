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
 *   throw new CheckError("the kernel is flipped");
 * };
 * assertThrows(solve, CheckError, "flipped");
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

/**
 * Throws when a feature is asked for that the check does not have: a misspelt
 * one would leave its cases out and pass too much.
 */
export function checkFeatures(
  caller: string,
  features: readonly string[],
  known: readonly string[],
): void {
  const unknown = features.find((feature) => !known.includes(feature));
  if (unknown === undefined) return;
  throw new TypeError(
    `${caller}() expects features among "${
      known.join('", "')
    }" but found "${unknown}": correct the spelling`,
  );
}
