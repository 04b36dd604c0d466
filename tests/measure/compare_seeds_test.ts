import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { compareSeeds, meanInterval, pairedDifference } from "cnn";

// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

Deno.test("pairedDifference() by hand: what two recipes share within a seed drops out", () => {
  // differences 1, 2, 3: mean 2, standard error 1 / sqrt 3, t 4.302653
  const found = pairedDifference([10, 500, -7], [11, 502, -4]);
  assertEquals(found.values, [1, 2, 3]);
  assertEquals(found.mean, 2);
  assertAlmostEquals(found.low, 2 - 4.30265273 / Math.sqrt(3), 1e-7);
  assertAlmostEquals(found.high, 2 + 4.30265273 / Math.sqrt(3), 1e-7);
  assertEquals([found.from, found.to], [[10, 500, -7], [11, 502, -4]]);
  const narrow = pairedDifference([0, 0, 0], [1, 2, 3], { confidence: 0.5 });
  assertAlmostEquals(narrow.high, 2 + 0.81649658 / Math.sqrt(3), 1e-7); // t at 0.75
});

Deno.test("compareSeeds() runs each condition with each seed and compares with the first", async () => {
  const calls: string[] = [];
  const notes: [number, string][] = [];
  const run = (name: string, gain: number) => async (seed: number) => {
    calls.push(`${name} ${seed}`);
    await Promise.resolve();
    return 10 * seed + gain * seed;
  };
  const found = await compareSeeds(
    {
      plain: run("plain", 0),
      better: run("better", 1),
      worse: run("worse", -1),
    },
    [3, 1, 2],
    { onProgress: (done, note) => void notes.push([done, note]) },
  );
  assertEquals(
    calls.join(", "),
    [
      ...["plain 3", "better 3", "worse 3", "plain 1", "better 1", "worse 1"],
      ...["plain 2", "better 2", "worse 2"],
    ].join(", "),
  );
  assertEquals(notes[0], [1, "plain, seed 3"]);
  assertEquals(notes[8], [9, "worse, seed 2"]);
  assertEquals(found.seeds, [3, 1, 2]);
  assertEquals(found.values, {
    plain: [30, 10, 20],
    better: [33, 11, 22],
    worse: [27, 9, 18],
  });
  assertEquals(found.means.worse, meanInterval([27, 9, 18]));
  assertEquals(Object.keys(found.differences), ["better", "worse"]);
  assertEquals(
    found.differences.better,
    pairedDifference([30, 10, 20], [33, 11, 22]),
  );
  assertEquals(found.differences.worse.values, [-3, -1, -2]);
});

Deno.test("compareSeeds() waits for the display, and for a run that takes its time", async () => {
  const order: string[] = [];
  const later = (what: string) =>
    new Promise<void>((done) => setTimeout(() => (order.push(what), done())));
  const slow = async (seed: number) => {
    await later("run");
    return seed;
  };
  await compareSeeds({ a: slow, b: slow }, [1, 2], {
    onProgress: () => later("shown"),
  });
  assertEquals(order, Array(4).fill(["run", "shown"]).flat());
});

Deno.test("compareSeeds() passes on what a run throws, and runs no further", async () => {
  const runs: number[] = [];
  const broken = new Error("the data is gone");
  const run = (seed: number) => {
    runs.push(seed);
    if (runs.length === 3) throw broken;
    return seed;
  };
  const found = await compareSeeds({ a: run, b: run }, [4, 5, 6])
    .catch((error) => error);
  assert(found === broken);
  assertEquals(runs, [4, 4, 5]);
});

const half = () => 0.5;

const refused: Record<string, [() => unknown, ErrorConstructor, string]> = {
  "one condition": [
    () => compareSeeds({ a: half }, [1, 2]),
    TypeError,
    'compareSeeds() expects at least 2 conditions, each a function with a name in words, but found ["a"]',
  ],
  "a condition that is no function": [
    () => compareSeeds({ a: half, b: wrong(0.5) }, [1, 2]),
    TypeError,
    'but found 0.5 as "b"',
  ],
  "a condition whose name would come first": [
    () => compareSeeds({ plain: half, 26: half }, [1, 2]),
    TypeError,
    'but found a function as "26"',
  ],
  "one seed": [
    () => compareSeeds({ a: half, b: half }, [1]),
    RangeError,
    "compareSeeds() expects at least 2 seeds, none twice, but found [1]",
  ],
  "a seed twice": [
    () => compareSeeds({ a: half, b: half }, [1, 2, 1]),
    RangeError,
    "none twice, but found [1, 2, 1]",
  ],
  "half a seed": [
    () => compareSeeds({ a: half, b: half }, [1, 1.5]),
    RangeError,
    "compareSeeds() expects a whole number as the seed but found 1.5",
  ],
  "a run without a number": [
    () => compareSeeds({ a: half, b: wrong(() => {}) }, [1, 2]),
    RangeError,
    'compareSeeds() expects a finite number of each run but found undefined of "b" with seed 1',
  ],
  "a run that failed": [
    () => compareSeeds({ a: half, b: (seed) => seed === 2 ? NaN : 1 }, [1, 2]),
    RangeError,
    'found NaN of "b" with seed 2',
  ],
  "a confidence in percent": [
    () => pairedDifference([1, 2], [1, 2], { confidence: 95 }),
    RangeError,
    "pairedDifference() expects a confidence between 0 and 1 but found 95",
  ],
  "sides of other lengths": [
    () => pairedDifference([1, 2, 3], [1, 2]),
    TypeError,
    "pairedDifference() expects one value a seed on both sides but found 3 and 2",
  ],
  "one pair": [
    () => pairedDifference([1], [2]),
    RangeError,
    "pairedDifference() expects at least 2 seeds but found 1",
  ],
  "NaN on one side": [
    () => pairedDifference([1, 2], [1, NaN]),
    RangeError,
    "pairedDifference() expects finite numbers but found NaN at place 1 of to",
  ],
  "no list": [
    () => pairedDifference(wrong(1), [1, 2]),
    TypeError,
    "pairedDifference() expects a list of from but found 1",
  ],
};

for (const [what, [call, type, message]] of Object.entries(refused)) {
  Deno.test(`a comparison of seeds refuses ${what}`, async () => {
    await assertRejects(async () => await call(), type, message);
  });
}

Deno.test("pairedDifference() throws at the call, not later", () => {
  assertThrows(() => pairedDifference([1], [1]), RangeError);
});
