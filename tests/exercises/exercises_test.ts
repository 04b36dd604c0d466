import { assert, assertEquals } from "@std/assert";
import { accuracyExercise } from "../../lib/exercises/accuracy.ts";
import { averageKernelExercise } from "../../lib/exercises/average_kernel.ts";
import { batchNormExercise } from "../../lib/exercises/batch_norm.ts";
import { conv2dBackwardExercise } from "../../lib/exercises/conv2d_backward.ts";
import { concatExercise } from "../../lib/exercises/concat.ts";
import { conv2dExercise } from "../../lib/exercises/conv2d.ts";
import {
  denseBackwardExercise,
  denseExercise,
} from "../../lib/exercises/dense.ts";
import { flattenExercise } from "../../lib/exercises/flatten.ts";
import { maxPoolExercise } from "../../lib/exercises/max_pool.ts";
import { maxPoolBackwardExercise } from "../../lib/exercises/max_pool_backward.ts";
import { outputLengthExercise } from "../../lib/exercises/output_length.ts";
import {
  conv2dParametersExercise,
  denseParametersExercise,
} from "../../lib/exercises/parameters.ts";
import { pointwiseExercise } from "../../lib/exercises/pointwise.ts";
import { receptiveFieldExercise } from "../../lib/exercises/receptive_field.ts";
import {
  reluBackwardExercise,
  reluExercise,
} from "../../lib/exercises/relu.ts";
import {
  agree,
  type Parts,
  partsOf,
  type Result,
} from "../../lib/exercises/result.ts";
import {
  casesOf,
  type Exercise,
  mistakesOf,
} from "../../lib/exercises/check.ts";

import { unshuffledExercise } from "../../lib/exercises/unshuffled.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

const exercises: Exercise<Any, Any>[] = [
  conv2dExercise,
  conv2dBackwardExercise,
  maxPoolExercise,
  maxPoolBackwardExercise,
  outputLengthExercise,
  flattenExercise,
  concatExercise,
  pointwiseExercise,
  denseExercise,
  denseBackwardExercise,
  reluExercise,
  reluBackwardExercise,
  batchNormExercise,
  unshuffledExercise,
  averageKernelExercise,
  accuracyExercise,
  receptiveFieldExercise,
  conv2dParametersExercise,
  denseParametersExercise,
];

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

for (const exercise of exercises) {
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
