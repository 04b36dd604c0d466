import { shown } from "../base/options.ts";

/** Throws unless `seeds` is a list of whole numbers with one at least. */
export function checkSeeds(fn: string, seeds: unknown): void {
  const fits = Array.isArray(seeds) && seeds.length > 0 &&
    seeds.every(Number.isInteger);
  if (fits) return;
  throw new TypeError(
    `${fn}() expects seeds that are whole numbers, one at least, but found ${
      shown(seeds)
    }: pass such as [1, 2]`,
  );
}
