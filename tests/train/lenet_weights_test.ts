import { assert, assertEquals } from "@std/assert";
import { buildNetwork, lenet } from "../../lib/networks/mod.ts";
import { dataFolder, loadMnist, loadWeights } from "../../lib/data/mod.ts";
import { toLayersModel, useBackend } from "../../lib/engine/mod.ts";
import { evaluate, scratchTrainer, tfTrainer } from "../../lib/mod.ts";

const file = new URL("weights/lenet-mnist.safetensors", dataFolder);
const weights = await loadWeights(file, lenet());
const digits = await loadMnist({ split: "test" });

Deno.test("lenet-mnist.safetensors reads at least 99.0 % of all test digits", async () => {
  await useBackend("wasm");
  const model = toLayersModel(lenet(), { weights });
  const { accuracy } = await evaluate(tfTrainer(model), digits);
  assert(accuracy >= 0.99);
  // SOURCE.md states what was measured when they were trained
  const source = await Deno.readTextFile(new URL("SOURCE.md", file));
  const stated = Number(source.match(/(\d+) of 10000 test digits/)?.[1]);
  assert(Math.abs(stated - accuracy * 10_000) <= 2); // engines round differently
  model.dispose();
});

Deno.test("lenet-mnist.safetensors reads the same from scratch", async () => {
  const some = await loadMnist({ split: "test", limit: 1000, seed: 1 });
  const scratch = scratchTrainer(buildNetwork(lenet(), { weights }));
  await useBackend("wasm");
  const model = toLayersModel(lenet(), { weights });
  const a = await evaluate(scratch, some);
  const b = await evaluate(tfTrainer(model), some);
  assert(a.accuracy >= 0.985);
  assertEquals(a.predictions, b.predictions);
  model.dispose();
});
