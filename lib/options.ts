/**
 * Checking the options that a function is given.
 *
 * Notebook cells run without a type check, so a misspelt option does arrive;
 * an error tells it, where silence would leave the default.
 *
 * @module
 */

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
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
  if (typeof options !== "object" || options === null) {
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
