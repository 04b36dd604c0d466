/**
 * One seed, several purposes: each gets a stream of its own.
 *
 * @module
 */
import { type Random, random } from "./random.ts";

/** What the library draws from a seed: each purpose has a stream of its own. */
export type Purpose =
  | "weights"
  | "dropout"
  | "shuffle"
  | "augment"
  | "sample"
  | "places";

/**
 * The stream that a seed decides for one purpose.
 *
 * Two purposes that share a stream are no longer independent: a dropout drawn
 * from the numbers that made the weights drops exactly the negative ones. So
 * whatever takes a seed draws from the stream of its purpose, and none of them
 * is `random(seed)`, which is the caller's.
 *
 * @throws {RangeError} A seed that is no whole number.
 */
export function streamFor(seed: number, purpose: Purpose): Random {
  random(seed); // refuses a seed that is no whole number
  let hash = 0x811c9dc5; // FNV-1a (Fowler, Noll, Vo), 32 bits
  for (const letter of `${purpose} ${seed}`) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  }
  return random(hash);
}
