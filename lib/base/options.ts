/**
 * Checking the options that a function is given.
 *
 * Notebook cells run without a type check, so a misspelt option does arrive;
 * an error tells it, where silence would leave the default.
 *
 * @module
 */

/** Numbers of a list that a message shows. */
const MOST = 12;

/** Characters of a text that a message shows. */
const MOST_TEXT = 200;

/** A value as a message shows it; of a long list or text the beginning. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    const rest = value.length - MOST_TEXT;
    return rest > 0
      ? `${
        JSON.stringify(value.slice(0, MOST_TEXT))
      }... (${value.length} characters in all)`
      : JSON.stringify(value);
  }
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) {
    const first = value.slice(0, MOST).map(shown).join(", ");
    const rest = value.length > MOST ? `, ... (${value.length} in all)` : "";
    return `[${first}${rest}]`;
  }
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

/** Throws on an option that the function does not know, such as `stride`. */
export function checkOptions(
  fn: string,
  options: object,
  known: readonly string[],
): void {
  // A Map, a Date or a list is an object too, but its names are no options.
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw new TypeError(
      `${fn}() expects an object of options but found ${
        shown(options)
      }: write { ${known[0]}: ... }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `${fn}() expects only the options ${known.join(", ")} but found ${
          shown(name)
        }: check the spelling`,
      );
    }
  }
}

/** What stands for each option that is not given; `undefined` where nothing does. */
export type Defaults<Options> = {
  [Name in keyof Required<Options>]: Options[Name] | undefined;
};

/** Options with their defaults filled in. */
export type Settled<Options, Given> = {
  [Name in keyof Required<Options>]: Name extends keyof Given
    ? undefined extends Given[Name] ? Options[Name]
    : Exclude<Options[Name], undefined>
    : Options[Name];
};

/**
 * The options that count: those given, and the defaults of the others.
 *
 * The names of the defaults are the names that the function accepts, so a
 * function states them once; the compiler asks for each name of the options'
 * type and refuses any other.
 */
export function settle<
  Options extends object,
  const Given extends Defaults<Options>,
>(
  fn: string,
  options: Options | undefined,
  defaults:
    & Given
    & { [Name in Exclude<keyof Given, keyof Options>]: never },
): Settled<Options, Given> {
  const settled: Record<string, unknown> = { ...defaults };
  if (options !== undefined) {
    checkOptions(fn, options, Object.keys(defaults));
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) settled[name] = value;
    }
  }
  return settled as Settled<Options, Given>;
}

/** Options without a default, for `settle`: { title: undefined, ... }. */
export function unset<Name extends string>(
  ...names: Name[]
): Record<Name, undefined> {
  return Object.fromEntries(
    names.map((name) => [name, undefined]),
  ) as Record<Name, undefined>;
}

/** Throws unless `value` is true or false: 0, "no" and null are neither. */
export function checkFlag(
  fn: string,
  name: string,
  value: unknown,
): asserts value is boolean {
  if (typeof value === "boolean") return;
  throw new TypeError(
    `${fn}() expects ${name} true or false but found ${
      shown(value)
    }: write one of the two, without quotes`,
  );
}

/** Throws unless `seed` is a whole number. */
export function checkSeed(fn: string, seed: unknown): asserts seed is number {
  if (Number.isSafeInteger(seed)) return;
  throw new RangeError(
    `${fn}() expects a whole number as the seed but found ${
      shown(seed)
    }: pass one, such as 1`,
  );
}

/** Throws unless `seeds` are two whole numbers or more, none twice. */
export function checkSeeds(
  fn: string,
  seeds: ArrayLike<unknown>,
  remedy: string,
): void {
  const all = Array.from(seeds);
  for (const seed of all) checkSeed(fn, seed);
  if (all.length >= 2 && new Set(all).size === all.length) return;
  throw new RangeError(
    `${fn}() expects at least 2 seeds, none twice, but found ${
      shown(all)
    }: ${remedy}`,
  );
}

/** Throws unless `seed` is a whole number or a stream of random numbers. */
export function checkSeedOrStream(
  fn: string,
  seed: number | { uniform(): number },
): void {
  if (typeof (seed as { uniform?: unknown } | null)?.uniform !== "function") {
    checkSeed(fn, seed);
  }
}

/** Throws unless `value` is one of the words that `name`, such as `padding`, takes. */
export function checkWord<Word extends string>(
  fn: string,
  name: string,
  value: unknown,
  words: readonly Word[],
): asserts value is Word {
  if (words.includes(value as Word)) return;
  const accepted = words.map(shown);
  const last = accepted.pop();
  const list = accepted.length ? `${accepted.join(", ")} or ${last}` : last;
  throw new TypeError(
    `${fn}() expects the ${name} ${list} but found ${
      shown(value)
    }: check the spelling`,
  );
}
