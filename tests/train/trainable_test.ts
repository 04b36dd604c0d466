import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  type Architecture,
  buildNetwork,
  describe,
  fit,
  initialWeights,
  layers,
  lenet,
  network,
  randomUniform,
  readWeights,
  scratchTrainer,
  smallInception,
  smallResnet,
  tfTrainer,
  toLayersModel,
  type TrainerOptions,
  useBackend,
  type Weights,
} from "cnn";

const shape = [6, 6, 2] as const;
const images = randomUniform([8, ...shape], 3);
const labels = Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1);

/** A network whose first half is frozen, or not. */
const half = (trainable: boolean) =>
  network("half", shape, [
    layers.conv2d({ filters: 3, kernelSize: 3, trainable }),
    layers.batchNorm({ trainable }),
    layers.relu(),
    layers.flatten(),
    layers.dense({ units: 4, trainable }),
    layers.relu(),
    layers.dense({ units: 3 }),
  ]);
const frozenNames = [
  ...["conv1/kernel", "conv1/bias", "bn1/gamma", "bn1/beta"],
  ...["dense1/kernel", "dense1/bias"],
];
const movedNames = ["dense2/kernel", "dense2/bias"];

const recipes: TrainerOptions[] = [
  { optimizer: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
  { optimizer: "adam", learningRate: 0.01, weightDecay: 0.1 },
];

async function trainScratch(
  architecture: Architecture,
  recipe: TrainerOptions,
): Promise<Weights> {
  const net = buildNetwork(architecture, { seed: 2 });
  const trainer = scratchTrainer(net, recipe);
  for (let i = 0; i < 3; i++) await trainer.step(images, labels);
  return net.weights;
}

async function trainTf(
  architecture: Architecture,
  recipe: TrainerOptions,
): Promise<Weights> {
  const model = toLayersModel(architecture, { seed: 2 });
  const trainer = tfTrainer(model, recipe);
  for (let i = 0; i < 3; i++) await trainer.step(images, labels);
  const weights = await readWeights(model, architecture);
  trainer.dispose();
  model.dispose();
  return weights;
}

for (const recipe of recipes) {
  for (const train of [trainScratch, trainTf]) {
    Deno.test(`${train.name}: frozen weights stay to the bit, others move, with ${recipe.optimizer}`, async () => {
      await useBackend("cpu");
      const before = initialWeights(half(true), 2);
      const after = await train(half(false), recipe);
      for (const name of frozenNames) {
        assertEquals(after.get(name), before.get(name), name);
      }
      for (const name of movedNames) {
        assertNotEquals(after.get(name), before.get(name), name);
      }
      const free = await train(half(true), recipe);
      for (const name of frozenNames) {
        assertNotEquals(free.get(name), before.get(name), name);
      }
    });
  }

  Deno.test(`both trainers agree on a network that is partly frozen, with ${recipe.optimizer}`, async () => {
    await useBackend("cpu");
    const scratch = await trainScratch(half(false), recipe);
    const tf = await trainTf(half(false), recipe);
    for (const [name, { data }] of scratch) {
      const other = tf.get(name)!.data;
      const apart = Math.max(...data.map((v, i) => Math.abs(v - other[i])));
      assert(apart < 2e-5, `${name}: ${apart}`);
    }
  });
}

Deno.test("trainable: false does what a gradient of 0 does, to the bit", async () => {
  const net = buildNetwork(half(true), { seed: 2 });
  const byHand = scratchTrainer({
    ...net,
    backward(dLogits) {
      const { gradients } = net.backward(dLogits);
      for (const name of frozenNames) gradients.get(name)!.data.fill(0);
      return { gradients };
    },
  }, { learningRate: 0.01 });
  for (let i = 0; i < 3; i++) await byHand.step(images, labels);
  const described = await trainScratch(half(false), { learningRate: 0.01 });
  assertEquals(described, net.weights);
});

Deno.test("what flows back through frozen layers is the same to the bit", () => {
  const [free, frozen] = [true, false].map((trainable) => {
    const net = buildNetwork(half(trainable), { seed: 2 });
    const logits = net.forward(images, { training: true });
    return net.backward(logits);
  });
  assertEquals(
    [...frozen.activationGradients],
    [...free.activationGradients],
  );
  assertEquals(frozen.dx, free.dx);
  for (const name of movedNames) {
    assertEquals(frozen.gradients.get(name), free.gradients.get(name));
  }
});

Deno.test("gradients() names what is trainable alone, in both trainers", async () => {
  await useBackend("cpu");
  const scratch = scratchTrainer(buildNetwork(half(false)));
  const model = toLayersModel(half(false));
  const tf = tfTrainer(model);
  for (const trainer of [scratch, tf]) {
    const found = await trainer.gradients(images, labels);
    assertEquals([...found.keys()], movedNames);
  }
  tf.dispose();
  model.dispose();
});

Deno.test("a frozen batch norm keeps scale and shift; its averages follow the batches in both trainers", async () => {
  await useBackend("cpu");
  const one = network("one", [1, 1, 1], [
    layers.batchNorm({ trainable: false, momentum: 0.75 }),
    layers.flatten(),
    layers.dense({ units: 2 }),
  ]);
  const batch = { shape: [2, 1, 1, 1], data: Float32Array.of(2, 6) };
  const net = buildNetwork(one, { seed: 1 });
  await scratchTrainer(net).step(batch, [0, 1]);
  const model = toLayersModel(one, { seed: 1 });
  const trainer = tfTrainer(model);
  await trainer.step(batch, [0, 1]);
  for (const weights of [net.weights, await readWeights(model, one)]) {
    const values = ["gamma", "beta", "movingMean", "movingVariance"]
      .map((role) => weights.get(`bn1/${role}`)!.data[0]);
    // from 0 and 1, a quarter of the way to the batch's mean 4 and variance 4
    assertEquals(values, [1, 0, 1, 1.75]);
  }
  trainer.dispose();
  model.dispose();
});

Deno.test("a sequence or parallel that is not trainable freezes every layer inside", () => {
  const inside = [
    layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }),
    layers.sequence([layers.batchNorm()]),
  ];
  const parts = [
    layers.sequence(inside, { name: "stem", trainable: false }),
    layers.parallel([inside, []], { join: "concat", trainable: false }),
    layers.conv2d({ filters: 1, kernelSize: 1, trainable: true }),
  ];
  const net = buildNetwork(network("n", shape, parts));
  const logits = net.forward(images);
  const { gradients } = net.backward(logits);
  assertEquals([...gradients.keys()], ["conv2/kernel", "conv2/bias"]);
  const outer = layers.sequence(parts, { trainable: false });
  const { totals } = describe(network("n", shape, [outer]));
  // 3 * 3 * 2 * 2 + 2 and 2 * 2, twice, and 1 * 1 * 4 + 1
  assertEquals(totals.frozen, 42 + 42 + 5);
});

for (const whole of [lenet(), smallResnet(), smallInception()]) {
  Deno.test(`${whole.name} is frozen but for its last layer, in both engines`, async () => {
    await useBackend("cpu");
    const body = layers.sequence(whole.layers.slice(0, -1), {
      trainable: false,
    });
    const last = whole.layers.at(-1)!;
    const net = { ...whole, layers: [body, last] };
    const input = randomUniform([4, ...whole.inputShape], 1);
    const built = buildNetwork(net, { seed: 2 });
    const model = toLayersModel(net, { seed: 2 });
    const tf = tfTrainer(model);
    await scratchTrainer(built).step(input, labels.slice(0, 4));
    await tf.step(input, labels.slice(0, 4));
    const before = initialWeights(whole, 2);
    const { gradients } = built.backward(built.forward(input));
    assertEquals(gradients.size, 2);
    for (const after of [built.weights, await readWeights(model, net)]) {
      for (const [name, value] of before) {
        if (/moving/.test(name)) continue;
        const same = value.data.every((v, i) => v === after.get(name)!.data[i]);
        assertEquals(same, !gradients.has(name), name);
      }
    }
    tf.dispose();
    model.dispose();
  });
}

Deno.test("describe() tells frozen parameters apart, and says nothing where there are none", () => {
  const description = describe(half(false));
  // 3 * 3 * 2 * 3 + 3, 2 * 3, 4 * 4 * 3 * 4 + 4 and 4 * 3 + 3
  const rows = description.rows.filter((row) => row.parameters > 0)
    .map(({ name, parameters, frozen }) => [name, parameters, frozen]);
  assertEquals(rows, [
    ["conv1", 57, 57],
    ["bn1", 6, 6],
    ["dense1", 196, 196],
    ["dense2", 15, undefined],
  ]);
  assertEquals([description.parameters, description.frozen], [274, 259]);
  const display = (value: unknown) =>
    (value as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]()["text/plain"];
  const text = display(description);
  assert(
    text.startsWith(
      "half, input [6, 6, 2], 15 parameters trainable, 259 frozen\n",
    ),
  );
  assert(/conv1 .* 57 frozen /.test(text), text);
  assertEquals("frozen" in describe(half(true)), false);
  assertEquals(describe(half(true)).parameters, 274);
  assert(!display(describe(half(true))).includes("frozen"));
});

Deno.test("a frozen layer is plain JSON, and starts from the same weights", () => {
  const read = JSON.parse(JSON.stringify(half(false))) as Architecture;
  assertEquals(read, half(false));
  assertEquals(initialWeights(read, 5), initialWeights(half(true), 5));
});

Deno.test("trainable is true or false, and for what has weights", () => {
  const wrong = { trainable: "no" as unknown as boolean };
  const expected = 'trainable true or false but found "no"';
  const filters = { filters: 1, kernelSize: 1 };
  assertThrows(
    () => layers.conv2d({ ...filters, ...wrong }),
    TypeError,
    expected,
  );
  assertThrows(() => layers.sequence([], wrong), TypeError, expected);
  const parallel = { join: "add", ...wrong } as const;
  assertThrows(() => layers.parallel([[]], parallel), TypeError, expected);
  const parts = [
    { kind: "conv2d", ...filters, ...wrong },
    { kind: "sequence", layers: [], ...wrong },
  ] as const;
  for (const part of parts) {
    assertThrows(
      () => describe(network("n", shape, [part])),
      TypeError,
      expected,
    );
  }
  assertThrows(
    () => layers.relu({ trainable: false } as { name?: string }),
    TypeError,
    'but found "trainable"',
  );
});

Deno.test("both trainers refuse to train a network that is frozen as a whole", async () => {
  await useBackend("cpu");
  const whole = layers.sequence(half(true).layers, { trainable: false });
  const all = network("all", shape, [whole]);
  const model = toLayersModel(all);
  const scratch = scratchTrainer(buildNetwork(all)), tf = tfTrainer(model);
  for (const [name, trainer] of Object.entries({ scratch, tf })) {
    await assertRejects(
      () => trainer.step(images, labels),
      TypeError,
      `${name}Trainer() expects a network with weights to train but found none that is not frozen`,
    );
    assertEquals((await trainer.logits(images)).shape, [8, 3]);
  }
  tf.dispose();
  model.dispose();
});

Deno.test("fit() of a partly frozen network learns", async () => {
  const set = { name: "s", images, labels, classNames: ["a", "b", "c"] };
  const net = buildNetwork(half(false), { seed: 2 });
  const trainer = scratchTrainer(net, { learningRate: 0.03 });
  const { steps } = await fit(trainer, set, { epochs: 60, seed: 1 });
  assert(steps.at(-1)!.loss < steps[0].loss / 2);
});
