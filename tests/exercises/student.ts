/**
 * Wrong solutions as students write them: a right one with a few words changed.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { CheckError, type CheckOptions } from "../../lib/exercises/mod.ts";
import { tensor, zeros } from "../../lib/base/tensor.ts";

/** Words of a solution and what the student wrote instead. */
export type Edit = readonly [right: string, wrong: string];

/** The function that a source text defines, after the edits. */
// deno-lint-ignore no-explicit-any
export function student(source: string, ...edits: readonly Edit[]): any {
  for (const [right, wrong] of edits) {
    assert(source.includes(right), `no "${right}" in the solution`);
    source = source.replaceAll(right, wrong);
  }
  return new Function("zeros", "tensor", `return (${source})`)(zeros, tensor);
}

/** Silences what a passed check shows outside a notebook. */
export async function quietly(run: () => Promise<void>): Promise<string[]> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await run();
  } finally {
    console.log = log;
  }
  return lines;
}

/** A check of this folder, with its own options. */
// deno-lint-ignore no-explicit-any
type Check = (fn: any, options: any) => Promise<void>;

/** Asserts that the right solution passes, for several seeds. */
export async function assertPasses(
  check: Check,
  fn: unknown,
  options: Partial<CheckOptions> & Record<string, unknown> = {},
): Promise<void> {
  for (const seed of [1, 2, 3]) {
    const lines = await quietly(() =>
      check(fn, { exercise: "9.9", seed, ...options })
    );
    assertEquals(lines.length, 1);
    assert(lines[0].startsWith("✓ Exercise 9.9 passed"), lines[0]);
  }
}

/** Asserts that a check turns an answer down by the mistake's name. */
export async function assertRefused(
  check: () => Promise<void>,
  mistake: string,
): Promise<CheckError> {
  const error = await assertRejects(check, CheckError);
  assertEquals(error.mistake, mistake, error.message);
  // What was expected, what was found, and after a colon the remedy.
  assert(/expected .* found .*: .{10}/s.test(error.message), error.message);
  return error;
}

/** Asserts that a wrong solution is rejected with the mistake named. */
export async function assertMistake(
  check: Check,
  fn: unknown,
  mistake: string,
  options: Partial<CheckOptions> & Record<string, unknown> = {},
): Promise<void> {
  for (const seed of [1, 2, 3]) {
    const error = await assertRejects(
      () => check(fn, { exercise: "9.9", seed, ...options }),
      CheckError,
    );
    assertEquals(error.mistake, mistake, error.message);
    assertEquals(error.exercise, "9.9");
    assert(error.message.startsWith(`Exercise 9.9: ${mistake}. `));
    // What was expected, what was found, and after a colon the remedy.
    assert(/expected .* found .*: .{10}/s.test(error.message), error.message);
  }
}

/** Registers one test a mistake, and one for the right solution. */
export function testMistakes(
  check: Check,
  source: string,
  mistakes: readonly (readonly [string, ...Edit[]])[],
  options: Record<string, unknown> = {},
): void {
  Deno.test(`${check.name}() accepts a right solution`, async () => {
    await assertPasses(check, student(source), options);
  });
  const count = new Map<string, number>();
  for (const [mistake, ...edits] of mistakes) {
    const nth = (count.get(mistake) ?? 0) + 1;
    count.set(mistake, nth);
    const suffix = nth > 1 ? `, form ${nth}` : "";
    Deno.test(`${check.name}() names "${mistake}"${suffix}`, async () => {
      await assertMistake(check, student(source, ...edits), mistake, options);
    });
  }
}
