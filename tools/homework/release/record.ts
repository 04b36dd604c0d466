/** Recording an exercise: its cases, and what right and wrong functions make of them. */
import {
  casesOf,
  type Exercise,
  mistakesOf,
} from "../../../lib/exercises/check.ts";
import type {
  Plain,
  Recorded,
  RecordedCase,
} from "../../../lib/exercises/recorded.ts";
import type { CheckCall } from "./check_calls.ts";

// deno-lint-ignore no-explicit-any
type AnyExercise = Exercise<any, any>;

/** The exercise as plain data, with the cases of these calls. */
export function record(
  exercise: AnyExercise,
  calls: readonly CheckCall[],
): Recorded {
  const { check, name, names, features, tolerance } = exercise;
  const runs = calls.map(({ seed = 1, features: told }) => ({
    seed,
    features: told ?? features?.usual ?? [],
  }));
  const different = new Map(runs.map((run) => [JSON.stringify(run), run]));
  const variants = mistakesOf(exercise);
  return {
    check,
    name,
    names,
    ...(features && { features }),
    ...(tolerance !== undefined && { tolerance }),
    mistakes: variants.map(({ mistake, remedy }) => [mistake, remedy]),
    runs: [...different.values()].map(({ seed, features: used }) => ({
      seed,
      features: used,
      cases: casesOf(exercise, {
        exercise: "release",
        seed,
        ...(features && { features: used }),
      }).map((args) => recordCase(exercise, args)),
    })),
  };
}

function recordCase(exercise: AnyExercise, args: unknown[]): RecordedCase {
  const plain = args.map(pack);
  const results = [pack(exercise.expected(...args))];
  const texts = results.map((result) => JSON.stringify(result));
  const wrong = mistakesOf(exercise).map(({ wrong }) => {
    const result = attempt(() => pack(wrong(...args)));
    if (result === undefined) return -1;
    const text = JSON.stringify(result);
    if (!texts.includes(text)) {
      texts.push(text);
      results.push(result);
    }
    return texts.indexOf(text);
  });
  return { args: plain, results, wrong };
}

/** What a wrong function gives; undefined where a case is impossible for it. */
function attempt(run: () => Plain): Plain | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return;
    throw error;
  }
}

/** A value as JSON has it; recorded.ts reads it. */
function pack(value: unknown): Plain {
  if (typeof value === "number") {
    return typeof numberOf(value) === "number"
      ? value
      : { $: "number", values: numberOf(value) };
  }
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const short = value instanceof Float32Array ? shortest : numberOf;
    return { $: value.constructor.name, values: Array.from(value, short) };
  }
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== "object" || value === null) return value as Plain;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, pack(inner)]),
  );
}

/** A number, or its name where JSON has no such number. */
function numberOf(value: number): number | string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** The number with the fewest digits that is the same in 32 bits. */
function shortest(value: number): number | string {
  for (let digits = 1; digits < 9 && Number.isFinite(value); digits++) {
    const short = Number(value.toPrecision(digits));
    if (short !== 0 && Math.fround(short) === value) return short;
  }
  return numberOf(value);
}
