import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import { slice, tensor } from "../../lib/base/tensor.ts";
import { evaluate, fit, scratchTrainer } from "../../lib/mod.ts";
import { columnSet, linearNetwork } from "./tiny.ts";

Deno.test("scratchTrainer() first loss with zero weights is log C", async () => {
  const network = linearNetwork(16, 4);
  network.weights.get("dense1/kernel")!.data.fill(0);
  const trainer = scratchTrainer(network);
  const set = columnSet(8);
  const { loss, correct } = await trainer.step(set.images, set.labels);
  assertAlmostEquals(loss, Math.log(4), 1e-6);
  // equal logits: the first class is said for every image
  assertEquals(correct, set.labels.filter((label) => label === 0).length);
});

Deno.test("scratchTrainer() sgd step is learningRate times the gradient", async () => {
  const network = linearNetwork(1, 2);
  const kernel = network.weights.get("dense1/kernel")!;
  kernel.data.fill(0);
  const trainer = scratchTrainer(network, {
    optimizer: "sgd",
    learningRate: 0.1,
  });
  // probabilities 0.5, 0.5 less the label: gradient 3 * [-0.5, 0.5]
  await trainer.step(tensor([3], [1, 1, 1, 1]), Uint8Array.of(0));
  assertAlmostEquals(kernel.data[0], 0.15, 1e-7);
  assertAlmostEquals(kernel.data[1], -0.15, 1e-7);
});

Deno.test("scratchTrainer() learns what can be learned", async () => {
  const trainer = scratchTrainer(linearNetwork(16, 4), { learningRate: 0.05 });
  await fit(trainer, columnSet(200), { epochs: 5, batchSize: 20, seed: 1 });
  const { accuracy } = await evaluate(trainer, columnSet(100, 4, 2));
  assertEquals(accuracy, 1);
});

Deno.test("scratchTrainer() same seed, same weights to the bit", async () => {
  const run = async (seed: number) => {
    const network = linearNetwork(16, 4);
    const trainer = scratchTrainer(network);
    await fit(trainer, columnSet(60), { epochs: 2, batchSize: 16, seed });
    return [...network.weights.get("dense1/kernel")!.data];
  };
  const first = await run(3);
  assertEquals(await run(3), first);
  assert((await run(4)).some((value, i) => value !== first[i]));
});

Deno.test("scratchTrainer() logits() of many images are those of each", async () => {
  const trainer = scratchTrainer(linearNetwork(16, 4));
  const { images } = columnSet(230);
  const all = await trainer.logits(images);
  assertEquals(all.shape, [230, 4]);
  assertEquals(
    slice(all, 215, 220),
    await trainer.logits(slice(images, 215, 220)),
  );
});

Deno.test("scratchTrainer() gradients() leaves the weights alone", async () => {
  const network = linearNetwork(16, 4);
  const before = [...network.weights.get("dense1/kernel")!.data];
  const set = columnSet(8);
  const gradients = await scratchTrainer(network).gradients(
    set.images,
    set.labels,
  );
  assertEquals(gradients.get("dense1/kernel")!.shape, [16, 4]);
  assertEquals([...network.weights.get("dense1/kernel")!.data], before);
});

Deno.test("scratchTrainer() a NaN loss names the step and the remedy", async () => {
  const network = linearNetwork(16, 4);
  const trainer = scratchTrainer(network, { learningRate: 0.5 });
  const set = columnSet(8);
  await trainer.step(set.images, set.labels);
  network.weights.get("dense1/bias")!.data[0] = NaN;
  const error = await assertRejects(
    () => trainer.step(set.images, set.labels),
    Error,
  );
  assert((error as Error).message.includes("at step 2"));
  assert((error as Error).message.includes("lower the learningRate (now 0.5)"));
});

Deno.test("scratchTrainer() rejects labels that are no class", async () => {
  const trainer = scratchTrainer(linearNetwork(16, 4));
  const { images } = columnSet(2);
  await assertRejects(
    () => trainer.step(images, Uint8Array.of(1, 9)),
    RangeError,
    "labels from 0 to 3 but found 9 at place 1",
  );
  await assertRejects(
    () => trainer.step(images, Uint8Array.of(1)),
    TypeError,
    "logits [2, 4] and 1 labels",
  );
});

Deno.test("scratchTrainer() steps by 0.001 with adam and by 0.05 with sgd unless told", () => {
  const network = linearNetwork(16, 4);
  assertEquals(scratchTrainer(network).learningRate, 0.001);
  assertEquals(
    scratchTrainer(network, { optimizer: "adam" }).learningRate,
    0.001,
  );
  assertEquals(
    scratchTrainer(network, { optimizer: "sgd" }).learningRate,
    0.05,
  );
});

Deno.test("scratchTrainer() trains a network with a single weight", async () => {
  const { forward, backward, weights } = linearNetwork(1, 2);
  const name = "dense1/kernel", kernel = weights.get(name)!;
  const before = [...kernel.data];
  const trainer = scratchTrainer({
    forward,
    weights: new Map([[name, kernel]]),
    backward: (dLogits) => ({
      gradients: new Map([[name, backward(dLogits).gradients.get(name)!]]),
    }),
  });
  await trainer.step(tensor([3], [1, 1, 1, 1]), Uint8Array.of(0));
  assert(kernel.data.every((value, i) => value !== before[i]));
});
