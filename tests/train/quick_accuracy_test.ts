import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import {
  buildNetwork,
  evaluate,
  fit,
  loadMnist,
  mlp,
  quickAccuracy,
  scratchTrainer,
  selectImages,
} from "cnn";

const net = mlp({ hidden: [16] });
const train = await loadMnist({ limit: 200, seed: 1 });
const validation = await loadMnist({ limit: 100, seed: 2 });

Deno.test("quickAccuracy() is the mean over the seeds of a plain training", async () => {
  const one = async (seed: number) => {
    const trainer = scratchTrainer(buildNetwork(net, { seed }), {
      learningRate: 0.003,
    });
    await fit(trainer, train, { epochs: 1, batchSize: 32, seed });
    return (await evaluate(trainer, validation)).accuracy;
  };
  const expected = (await one(3) + await one(4)) / 2;
  const found = await quickAccuracy(net, {
    train,
    validation,
    epochs: 1,
    seeds: [3, 4],
  });
  assertAlmostEquals(found, expected, 1e-12);
});

Deno.test("quickAccuracy() learns, and needs a seed", async () => {
  const start = await quickAccuracy(net, { train, validation, epochs: 1 });
  assert(await quickAccuracy(net, { train, validation, epochs: 8 }) > start);
  await assertRejects(
    () => quickAccuracy(net, { train, validation, seeds: [] }),
    RangeError,
    "expects at least one seed but found none",
  );
});

Deno.test("quickAccuracy() compares on other digits of the training file", async () => {
  const digits = await loadMnist({ limit: 2000, seed: 5 });
  const thousand = (from: number) =>
    selectImages(digits, Array.from({ length: 1000 }, (_, i) => from + i));
  const sets = { train: thousand(0), validation: thousand(1000) };
  const once = { epochs: 1, seeds: [1] };
  const found = await quickAccuracy(net, once);
  assertEquals(found, await quickAccuracy(net, { ...sets, ...once }));
});

Deno.test("quickAccuracy() trains for two epochs with the seeds 1 and 2 unless told", async () => {
  const sets = { train, validation };
  assertEquals(
    await quickAccuracy(net, sets),
    await quickAccuracy(net, { ...sets, epochs: 2, seeds: [1, 2] }),
  );
});
