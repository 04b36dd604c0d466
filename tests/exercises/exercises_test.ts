import { assert, assertEquals } from "@std/assert";
import { casesOf, exerciseOf, mistakesOf } from "../../lib/exercises/check.ts";
import * as room from "../../lib/exercises/mod.ts";
import {
  agree,
  type Parts,
  partsOf,
  type Result,
} from "../../lib/exercises/result.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

/** The checks of students' functions, by the names they are exported with. */
const checks = Object.entries(room as Record<string, Any>)
  .flatMap(([exported, check]) => {
    const exercise = exerciseOf(check);
    return exercise ? [{ exported, check, exercise }] : [];
  });

Deno.test("every check of a function has its exercise, and the name it is exported with", () => {
  const named = Object.keys(room).filter((name) => name.startsWith("check"));
  const found = checks.map(({ exported }) => exported);
  assertEquals(
    named.filter((name) => !found.includes(name)).sort(),
    // These judge a value or a training: there are no variants of a function.
    [
      "checkChoice",
      "checkConditions",
      "checkDiagnosis",
      "checkDrawnDigit",
      "checkFlaw",
      "checkNumber",
      "checkOwnClaim",
      "checkPixelOrder",
      "checkPrediction",
      "checkRateSweep",
      "checkShapeTable",
      "checkTensor",
    ],
  );
  for (const { exported, check, exercise } of checks) {
    assertEquals([check.name, exercise.check], [exported, exported]);
  }
});

Deno.test("no cell changes what a check takes for right", () => {
  for (const { exercise } of checks) assert(Object.isFrozen(exercise));
});

/** What a wrong variant gives in every case; undefined where it is impossible. */
function results(
  cases: Any[][],
  wrong: (...args: Any[]) => Result,
): (Parts | undefined)[] {
  return cases.map((args) => {
    try {
      return partsOf(wrong(...args));
    } catch (error) {
      assert(error instanceof RangeError || error instanceof TypeError);
      return undefined;
    }
  });
}

/** Whether some case tells the two apart, in a part that both have. */
function differ(
  one: readonly (Parts | undefined)[],
  other: readonly (Parts | undefined)[],
): boolean {
  return one.some((parts, i) => {
    const others = other[i];
    if (!parts || !others) return parts !== others;
    const shared = Object.keys(parts).filter((part) => part in others);
    return shared.length === 0 ||
      shared.some((part) => !agree(parts[part], others[part], 1e-9));
  });
}

for (const { exercise } of checks) {
  const { name, expected, features } = exercise;
  const all = features && { features: features.known };
  const casesFor = (seed: number): Any[][] =>
    casesOf(exercise, { exercise: "", seed, ...all });

  Deno.test(`the cases of ${name} reveal every mistake and tell them apart`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const cases = casesFor(seed);
      const right = results(cases, expected);
      const all = mistakesOf(exercise).map(({ mistake, wrong }) => ({
        mistake,
        found: results(cases, wrong),
      }));
      for (const [i, one] of all.entries()) {
        assert(differ(one.found, right), `seed ${seed}: ${one.mistake}`);
        for (const other of all.slice(i + 1)) {
          if (one.mistake === other.mistake) continue;
          assert(
            differ(one.found, other.found),
            `seed ${seed}: "${one.mistake}" gives what "${other.mistake}" gives`,
          );
        }
      }
    }
  });

  Deno.test(`the cases of ${name} depend on the seed alone`, () => {
    assertEquals(casesFor(3), casesFor(3));
    assert(JSON.stringify(casesFor(3)) !== JSON.stringify(casesFor(4)));
  });
}
