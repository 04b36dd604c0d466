import { assert, assertAlmostEquals, assertRejects } from "@std/assert";
import {
  buildNetwork,
  evaluate,
  fit,
  loadMnist,
  mlp,
  quickAccuracy,
  scratchTrainer,
} from "cnn";

const net = mlp({ hidden: [16] });
const train = await loadMnist({ limit: 200, seed: 1 });
const test = await loadMnist({ split: "test", limit: 100, seed: 1 });

Deno.test("quickAccuracy() is the mean over the seeds of a plain training", async () => {
  const one = async (seed: number) => {
    const trainer = scratchTrainer(buildNetwork(net, { seed }), {
      learningRate: 0.003,
    });
    await fit(trainer, train, { epochs: 1, batchSize: 32, seed });
    return (await evaluate(trainer, test)).accuracy;
  };
  const expected = (await one(3) + await one(4)) / 2;
  const found = await quickAccuracy(net, {
    train,
    test,
    epochs: 1,
    seeds: [3, 4],
  });
  assertAlmostEquals(found, expected, 1e-12);
});

Deno.test("quickAccuracy() learns, and needs a seed", async () => {
  const start = await quickAccuracy(net, { train, test, epochs: 1 });
  assert(await quickAccuracy(net, { train, test, epochs: 8 }) > start);
  await assertRejects(
    () => quickAccuracy(net, { train, test, seeds: [] }),
    RangeError,
    "expects at least one seed but found none",
  );
});
