import { assertEquals, assertRejects } from "@std/assert";
import { random } from "../../lib/base/mod.ts";
import {
  CheckError,
  checkOwnClaim,
  type OwnClaim,
} from "../../lib/exercises/mod.ts";
import { assertRefused, quietly } from "./student.ts";

const plan: OwnClaim = {
  statement: "The new recipe gains more than two points",
  compares: "accuracy: new minus old, same seed",
  baseline: "the old recipe",
  seeds: 5,
  above: 0.02,
  because: "two points is what a seed changes",
};

/** Accuracies around 0.8 whose difference is about `gain`. */
const gaining = (gain: number) => (seed: number) => {
  const stream = random(seed);
  const near = () => (stream.integer(100) - 50) / 1e4;
  return { from: 0.8 + near(), to: 0.8 + gain + near() };
};

const check = (
  change: Partial<OwnClaim>,
  run: unknown = gaining(0.1),
  seed = 1,
) =>
  checkOwnClaim({ ...plan, ...change }, run as never, {
    exercise: "9.9",
    seed,
  });

Deno.test("checkOwnClaim() passes claims of all kinds that come out as stated", async () => {
  const right: [Partial<OwnClaim>, number][] = [
    [{}, 0.1],
    [{ above: 0 }, 0.1],
    [{ above: undefined, below: -0.02 }, -0.1],
    [{ above: undefined, within: 0.02 }, 0],
    [{ expect: "does not hold" }, 0],
    [{ above: undefined, within: 0.02, expect: "does not hold" }, 0.1],
  ];
  for (const [change, gain] of right) {
    for (const seed of [1, 2, 3]) {
      const lines = await quietly(() => check(change, gaining(gain), seed));
      assertEquals(lines.length, 1);
    }
  }
});

Deno.test("checkOwnClaim() runs as many fresh seeds as the plan says, and others for another seed", async () => {
  const drawn = async (seed: number) => {
    const seeds: number[] = [];
    const run = (one: number) => (seeds.push(one), gaining(0.1)(one));
    await quietly(() => check({ seeds: 7 }, run, seed));
    return new Set(seeds);
  };
  const [one, other] = [await drawn(1), await drawn(2)];
  assertEquals([one.size, one.intersection(other).size], [7, 0]);
  assertEquals([...one].every((seed) => seed > 100), true); // not those of a notebook
});

const steady = gaining(0.1)(1);
let calls = 0;

const NAMED: [mistake: string, Partial<OwnClaim>, run?: unknown][] = [
  ["no statement", { statement: "" }],
  ["no statement", { statement: "..." }],
  ["no compares", { compares: undefined }],
  ["no baseline", { baseline: " " }],
  ["no because", { because: "so" }],
  ["too few seeds", { seeds: 1 }],
  ["no number of seeds", { seeds: 4.5 }],
  ["no number of seeds", { seeds: 50 }],
  ["no number of seeds", { seeds: undefined }],
  ["not one threshold", { above: undefined }],
  ["not one threshold", { below: 0.1 }],
  ["not one threshold", { above: NaN }],
  ["the baseline would meet it too", { above: -0.5 }],
  ["the baseline would meet it too", { above: undefined, below: 0.5 }],
  ["the margin takes in everything", { above: undefined, within: 1 }],
  ["no function", {}, steady],
  ["no pair of numbers", {}, () => 0.1],
  ["no pair of numbers", {}, () => undefined],
  ["no pair of numbers", {}, () => ({ from: 0.1, to: NaN })],
  ["not reproducible", {}, () => ({ from: 0.1, to: 0.9 + calls++ / 1e6 })],
  ["the seed is not used", {}, () => steady],
  ["a constant is claimed", {}, (seed: number) => ({
    from: gaining(0)(seed).from,
    to: 0.9,
  })],
  ["it came out: does not hold", {}, gaining(0)],
  ["it came out: too small to tell", { above: 0.1 }, gaining(0.1)],
  ["it came out: holds", { expect: "does not hold" }],
];

for (const [i, [mistake, change, run]] of NAMED.entries()) {
  Deno.test(`checkOwnClaim() names "${mistake}", case ${i + 1}`, async () => {
    await assertRefused(() => check(change, run), mistake);
  });
}

Deno.test("checkOwnClaim() tells a stub from a run that throws", async () => {
  for (const message of ["Not implemented: exercise 9.9", "out of digits"]) {
    const error = await assertRejects(
      () =>
        check({}, () => {
          throw new Error(message);
        }),
      CheckError,
    );
    const stub = message.startsWith("Not implemented");
    assertEquals(error.mistake, stub ? "not implemented" : "an error");
  }
});

Deno.test("checkOwnClaim() says that there is no plan", async () => {
  await assertRefused(
    () => checkOwnClaim(undefined as never, gaining(1), { exercise: "9.9" }),
    "no plan",
  );
});
