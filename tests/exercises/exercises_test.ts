import { assert, assertEquals } from "@std/assert";
import { conv2dBackwardExercise } from "../../lib/exercises/conv2d_backward.ts";
import { concatExercise } from "../../lib/exercises/concat.ts";
import { conv2dExercise } from "../../lib/exercises/conv2d.ts";
import {
  denseBackwardExercise,
  denseExercise,
} from "../../lib/exercises/dense.ts";
import { flattenExercise } from "../../lib/exercises/flatten.ts";
import {
  maxPoolBackwardExercise,
  maxPoolExercise,
} from "../../lib/exercises/max_pool.ts";
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
import { agree, type Parts, partsOf } from "../../lib/exercises/result.ts";
import type { Exercise } from "../../lib/exercises/run_check.ts";

// deno-lint-ignore no-explicit-any
type Any = Exercise<any>;

const exercises: Record<string, (seed: number) => Any> = {
  conv2d: (seed) =>
    conv2dExercise({
      exercise: "",
      seed,
      features: ["bias", "strides", "padding", "dilations"],
    }),
  conv2dBackward: (seed) =>
    conv2dBackwardExercise({
      exercise: "",
      seed,
      features: ["strides", "padding", "dilations"],
    }),
  maxPool: (seed) =>
    maxPoolExercise({ exercise: "", seed, features: ["padding"] }),
  maxPoolBackward: (seed) =>
    maxPoolBackwardExercise({ exercise: "", seed, features: ["padding"] }),
  outputLength: (seed) =>
    outputLengthExercise({
      exercise: "",
      seed,
      features: ["padding", "dilation"],
    }),
  flatten: (seed) => flattenExercise({ exercise: "", seed }),
  concat: (seed) => concatExercise({ exercise: "", seed }),
  pointwise: (seed) => pointwiseExercise({ exercise: "", seed }),
  dense: (seed) => denseExercise({ exercise: "", seed }),
  denseBackward: (seed) => denseBackwardExercise({ exercise: "", seed }),
  relu: (seed) => reluExercise({ exercise: "", seed }),
  reluBackward: (seed) => reluBackwardExercise({ exercise: "", seed }),
  receptiveField: (seed) => receptiveFieldExercise({ exercise: "", seed }),
  conv2dParameters: (seed) => conv2dParametersExercise({ exercise: "", seed }),
  denseParameters: (seed) => denseParametersExercise({ exercise: "", seed }),
};

/** What a wrong variant gives in every case; undefined where it is impossible. */
function results(exercise: Any, wrong: Any["expected"]): (Parts | undefined)[] {
  return exercise.cases.map((args) => {
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

for (const [name, make] of Object.entries(exercises)) {
  Deno.test(`the cases of ${name} reveal every mistake and tell them apart`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const exercise = make(seed);
      const right = results(exercise, exercise.expected);
      const all = exercise.mistakes.map(({ mistake, wrong }) => ({
        mistake,
        found: results(exercise, wrong),
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
    assertEquals(make(3).cases, make(3).cases);
    assert(JSON.stringify(make(3).cases) !== JSON.stringify(make(4).cases));
  });
}
