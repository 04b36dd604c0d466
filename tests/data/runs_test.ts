import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type LoadedRuns, loadRuns, runCurve, runValues } from "cnn";

const run = (condition: string, seed: number, losses: number[]) => ({
  condition,
  seed,
  seconds: 1,
  epochs: losses.map((loss, i) => ({
    epoch: 10 * (i + 1),
    loss,
    training: { loss, accuracy: 1 },
    validation: { loss: 2 * loss, accuracy: 0.5 },
  })),
  test: { loss: 1, accuracy: seed / 10 },
});
const log = {
  ...await loadRuns("depth"),
  conditions: ["a", "b"].map((name) => ({ name })),
  // Written in the order in which they ran.
  runs: [
    run("a", 2, [3, 4]),
    run("b", 2, [7, 8]),
    run("b", 1, [5, 6]),
    run("a", 1, [1, 2]),
  ],
  seeds: [1, 2],
} as unknown as LoadedRuns;

Deno.test("runValues() gives one value a seed, in the order of the seeds", () => {
  assertEquals(runValues(log, "b", ({ test }) => test.accuracy), [0.1, 0.2]);
});

Deno.test("runCurve() gives all seeds of each epoch", () => {
  assertEquals(runCurve(log, "a", ({ validation }) => validation.loss), {
    epochs: [10, 20],
    values: [[2, 6], [4, 8]],
  });
});

Deno.test("a condition that the log does not have is refused, with those it has", () => {
  for (const ask of [runValues, runCurve]) {
    assertThrows(
      () => ask(log, "c", () => 0),
      RangeError,
      `${ask.name}() expects a condition of the log but found "c": it has "a", "b"`,
    );
  }
});

Deno.test("loadRuns() names the file that is missing", async () => {
  await assertRejects(
    () => loadRuns("deepness"),
    Deno.errors.NotFound,
    "deepness.json but found none",
  );
  await assertRejects(
    () => loadRuns(3 as unknown as string),
    TypeError,
    "loadRuns() expects a text as a name",
  );
});

Deno.test("a seed counts where every condition was trained with it", async () => {
  const { runs, conditions, seeds } = await loadRuns("depth");
  for (const seed of seeds) {
    assertEquals(
      runs.filter((one) => one.seed === seed).length,
      conditions.length,
    );
  }
});
