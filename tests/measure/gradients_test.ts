import { assertAlmostEquals, assertEquals } from "@std/assert";
import { buildNetwork, layers, network } from "../../lib/networks/mod.ts";
import {
  readWeights,
  toLayersModel,
  useBackend,
} from "../../lib/engine/mod.ts";
import { scratchTrainer, tfTrainer } from "../../lib/mod.ts";
import { columnSet } from "../train/tiny.ts";

await useBackend("cpu");

/** Batch normalisation, a depthwise convolution, branches, names with a slash. */
const mixed = network("mixed", [4, 4, 1], [
  layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", name: "conv1" }),
  layers.batchNorm({ name: "bn1" }),
  layers.relu(),
  layers.conv2d({ filters: 2, kernelSize: 3, groups: 2, name: "depthwise" }),
  layers.sequence([
    layers.parallel([
      layers.conv2d({ filters: 2, kernelSize: 1, name: "one" }),
      layers.sequence([]),
    ], { join: "add", name: "sum" }),
  ], { name: "block" }),
  layers.flatten(),
  layers.dense({ units: 4, name: "dense1" }),
]);

Deno.test("gradients() of both kinds of trainer agree in name and value", async () => {
  const { images, labels } = columnSet(6);
  const scratch = scratchTrainer(buildNetwork(mixed, { seed: 1 }));
  // a model before it: tfjs then numbers the names of the second one's variables
  const earlier = toLayersModel(mixed);
  const model = toLayersModel(mixed, { seed: 1 });
  const expected = await scratch.gradients(images, labels);
  const found = await tfTrainer(model).gradients(images, labels);
  assertEquals([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, { data }] of expected) {
    data.forEach((value, i) =>
      assertAlmostEquals(found.get(name)!.data[i], value, 1e-5)
    );
  }
  earlier.dispose();
  model.dispose();
});

Deno.test("gradients() leaves weights and moving averages as they are", async () => {
  const { images, labels } = columnSet(6);
  const scratch = buildNetwork(mixed, { seed: 1 });
  const model = toLayersModel(mixed, { seed: 1 });
  const before = await readWeights(model, mixed);
  await scratchTrainer(scratch).gradients(images, labels);
  await tfTrainer(model).gradients(images, labels);
  assertEquals(scratch.weights, before);
  assertEquals(await readWeights(model, mixed), before);
  model.dispose();
});

Deno.test("both kinds of trainer take the same steps through batch normalisation", async () => {
  const { images, labels } = columnSet(6);
  const network = buildNetwork(mixed, { seed: 1 });
  const model = toLayersModel(mixed, { seed: 1 });
  const scratch = scratchTrainer(network, { weightDecay: 0.1 });
  const trainer = tfTrainer(model, { weightDecay: 0.1 });
  for (let step = 0; step < 3; step++) {
    const { loss } = await scratch.step(images, labels);
    assertAlmostEquals((await trainer.step(images, labels)).loss, loss, 1e-4);
  }
  const found = await readWeights(model, mixed);
  // not conv1/bias: bn1 takes it out again, so its gradient is rounding alone,
  // of which adam makes whole steps
  for (
    const name of ["bn1/movingMean", "bn1/movingVariance", "dense1/kernel"]
  ) {
    network.weights.get(name)!.data.forEach((value, i) =>
      assertAlmostEquals(found.get(name)!.data[i], value, 1e-3)
    );
  }
  trainer.dispose();
  model.dispose();
});
