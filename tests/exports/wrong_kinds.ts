/**
 * Calls functions with arguments of the wrong kind: what they say must name the
 * function and what it expects, and never be JavaScript's own words.
 *
 * @module
 */
import { assert } from "@std/assert";

/** What a notebook passes by mistake; cells run without a type check. */
const WRONG: readonly unknown[] = [
  ...[undefined, null, true, NaN, -1, 0.5, 3, "", "word", {}, [], [null]],
  ...[[undefined], ["word"], [[1], [2, 3]], [{}], () => 1, new Map(), 10n],
  ...[{ shape: [1] }, { shape: null, data: null }, Symbol("s")],
];

/** JavaScript's own words for a mistake nobody looked for. */
const raw =
  /cannot read|is not a function|not iterable|undefined \(|cannot convert|cannot mix|invalid array length|toFixed|toPrecision|reading '/i;

/** How a value is named in a test's message. */
const named = (value: unknown) => Deno.inspect(value, { depth: 2 });

/**
 * Puts each wrong value in place of each argument of a call that is right.
 *
 * @param name What messages call the function.
 * @param fn The function.
 * @param right Arguments with which it works.
 * @returns What is wrong with its messages, a line each.
 */
export async function wrongWords(
  name: string,
  // deno-lint-ignore no-explicit-any
  fn: (...args: any[]) => unknown,
  right: readonly unknown[],
): Promise<string[]> {
  await fn(...right);
  const found: string[] = [];
  for (const at of right.keys()) {
    for (const value of WRONG) {
      const args = right.with(at, value);
      try {
        await fn(...args);
      } catch (error) {
        assert(error instanceof Error, `${name}() threw ${named(error)}`);
        const { message } = error as Error;
        const fine = !raw.test(message) &&
          (message.includes(`${name}()`) ||
            /^(Exercise|network) /.test(message));
        if (!fine) {
          found.push(`${name}() with ${named(value)} at ${at}: ${message}`);
        }
      }
    }
  }
  return found;
}
