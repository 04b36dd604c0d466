/** Steps that are planned against steps with the tape: the same bits, whatever comes between them. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Architecture,
  buildNetwork,
  cifarResnet,
  fit,
  fitNetTowers,
  layers,
  lenet,
  network,
  randomUniform,
  scratchTrainer,
  smallVgg,
  smallVit,
  tfTrainer,
  toLayersModel,
  type TrainerOptions,
  useBackend,
} from "cnn";
import type { Tensor } from "@tensorflow/tfjs";
import { offerRecorder, recorder } from "../../lib/engine/planned.ts";
import { planning } from "../../lib/train/planned_steps.ts";
import { bits, tearOut } from "./bits.ts";
import { columnSet } from "./tiny.ts";

const { tf } = await useBackend("wasm", { threads: 1 });

type Trained = {
  model: ReturnType<typeof toLayersModel>;
  trainer: ReturnType<typeof tfTrainer>;
  step(seed: number, batch?: number): Promise<void>;
  losses: number[];
};

/** What a training gives, planned or not: all losses, and all weights with the averages. */
async function results(
  architecture: Architecture,
  options: TrainerOptions,
  planned: boolean,
  course: (trained: Trained) => Promise<void>,
) {
  planning.on = planned;
  planning.steps = 0;
  try {
    const model = toLayersModel(architecture, { seed: 1 });
    const trainer = tfTrainer(model, { learningRate: 0.01, ...options });
    const losses: number[] = [];
    const step = async (seed: number, batch = 8) => {
      const images = randomUniform([batch, ...architecture.inputShape], seed);
      const labels = Uint8Array.from({ length: batch }, (_, i) => i % 3);
      const { loss, correct } = await trainer.step(images, labels);
      losses.push(loss, correct);
    };
    await course({ model, trainer, step, losses });
    const weights = model.getWeights().map((weight) => bits(weight.dataSync()));
    trainer.dispose();
    model.dispose();
    return { all: [bits(losses), ...weights], steps: planning.steps };
  } finally {
    planning.on = true;
  }
}

const five = async ({ step }: Trained) => {
  for (let seed = 0; seed < 5; seed++) await step(seed);
};

/** The same course with plans and without: the same bits, and so many planned steps. */
async function assertSame(
  architecture: Architecture,
  options: TrainerOptions,
  course: typeof five,
  steps: number,
) {
  const taped = await results(architecture, options, false, course);
  assertEquals(taped.steps, 0);
  const planned = await results(architecture, options, true, course);
  assertEquals(planned.all, taped.all);
  assertEquals(planned.steps, steps, "planned steps");
}

const { conv2d, relu, dense, flatten, batchNorm } = layers;
const tiny = network("tiny", [6, 6, 2], [
  conv2d({ filters: 8, kernelSize: 3, padding: "same", useBias: false }),
  batchNorm(),
  relu(),
  flatten(),
  dense({ units: 3 }),
]);
const odd = network("odd", [9, 7, 3], [
  conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: "same" }),
  layers.relu6(),
  layers.parallel([
    conv2d({ filters: 4, kernelSize: 1 }),
    layers.avgPool2d({ poolSize: 2, strides: 1, padding: "same" }),
  ], { join: "concat" }),
  layers.maxPool2d({ poolSize: 2, padding: "same" }),
  layers.maxout({ pieces: 2 }),
  flatten(),
  dense({ units: 3 }),
]);

const recipes: TrainerOptions[] = [
  {},
  { optimizer: "sgd" },
  { optimizer: "sgd", momentum: 0.9 },
  { weightDecay: 0.1 },
  { optimizer: "sgd", weightDecay: 0.1 },
  { optimizer: "sgd", momentum: 0.9, weightDecay: 0.1 },
];
for (
  const [name, architecture] of [
    ["LeNet", lenet({ inputShape: [16, 16, 1] })],
    ["small VGG", smallVgg({ inputShape: [16, 16, 1] })],
    ["ResNet-8", cifarResnet(8, { inputShape: [12, 12, 3] })],
    ["small ViT", smallVit({ heads: 2 })],
    ["tiny", tiny],
  ] as const
) {
  for (const recipe of recipes) {
    Deno.test(`planned steps have the bits of the tape's: ${name}, ${JSON.stringify(recipe)}`, () =>
      assertSame(architecture, recipe, five, 3));
  }
}

Deno.test("planned steps have the same bits on 1, 2 and 4 threads", async () => {
  const architecture = cifarResnet(8, { inputShape: [16, 16, 3] });
  const found = [];
  for (const threads of [1, 2, 4]) {
    await useBackend("wasm", { threads });
    found.push(
      await results(architecture, {}, true, async ({ step }) => {
        for (let seed = 0; seed < 5; seed++) await step(seed, 24);
      }),
    );
  }
  await useBackend("wasm", { threads: 1 });
  assertEquals(found[0].steps, 3);
  assertEquals(found[1], found[0]);
  assertEquals(found[2], found[0]);
});

Deno.test("a plan stays when the last batch is smaller, the rate changes, gradients are asked for, or threads come", () =>
  assertSame(tiny, {}, async ({ step, trainer }) => {
    for (let seed = 0; seed < 3; seed++) await step(seed);
    await step(9, 5);
    trainer.learningRate = 0.002;
    await step(3);
    const images = randomUniform([4, 6, 6, 2], 7);
    await trainer.gradients(images, Uint8Array.of(0, 1, 2, 0));
    await trainer.logits(images);
    await step(4);
    await useBackend("wasm", { threads: 2 });
    await step(5);
    await useBackend("wasm", { threads: 1 });
  }, 4));

Deno.test("clones of weights keep their numbers, and weights that are set are those that train", () =>
  assertSame(tiny, { optimizer: "sgd", momentum: 0.5 }, async (now) => {
    const { model, step } = now;
    for (let seed = 0; seed < 4; seed++) await step(seed);
    const held = model.getWeights().map((weight) => weight.clone());
    const before = held.map((weight) => bits(weight.dataSync()));
    await step(4);
    assertEquals(held.map((weight) => bits(weight.dataSync())), before);
    const half = held.map((weight) => tf.mul(weight, 0.5));
    model.setWeights(half);
    tf.dispose([held, half]);
    for (let seed = 5; seed < 8; seed++) await step(seed);
  }, 4));

Deno.test("weights that are set twice, and lie where they lay, are those that train", () =>
  assertSame(tiny, {}, async ({ model, step }) => {
    for (let seed = 0; seed < 4; seed++) await step(seed);
    const gamma = model.layers.flatMap(({ weights }) => weights)
      .find(({ originalName }) => originalName.endsWith("gamma"))!;
    for (const factor of [0.5, 3]) {
      const set = tf.mul(gamma.read(), factor);
      gamma.write(set);
      set.dispose();
    }
    for (let seed = 4; seed < 8; seed++) await step(seed);
  }, 5));

for (const recipe of recipes) {
  Deno.test(`a layer that is frozen meanwhile stays, and learns when it is free again: ${JSON.stringify(recipe)}`, async () => {
    const course = async ({ model, step, trainer }: Trained) => {
      const layer = model.layers.find(({ weights }) => weights.length > 0)!;
      const kernel = () => bits(layer.getWeights()[0].dataSync());
      for (let seed = 0; seed < 4; seed++) await step(seed);
      layer.trainable = false;
      const before = kernel();
      for (let seed = 4; seed < 8; seed++) await step(seed);
      const images = randomUniform([4, 6, 6, 2], 7);
      const found = await trainer.gradients(images, new Uint8Array(4));
      assertEquals([...found.keys()], [
        "bn1/gamma",
        "bn1/beta",
        "dense1/kernel",
        "dense1/bias",
      ]);
      assertEquals(kernel(), before);
      layer.trainable = true;
      for (let seed = 8; seed < 12; seed++) await step(seed);
      assert(kernel().some((word, i) => word !== before[i]));
    };
    const taped = await results(tiny, recipe, false, course);
    const planned = await results(tiny, recipe, true, course);
    assertEquals(planned.all, taped.all);
  });
}

Deno.test("a step that ends in an error leaves no plan of other numbers behind", () => {
  const few = network("few", [6, 6, 2], [
    conv2d({ filters: 4, kernelSize: 3, groups: 2 }),
    flatten(),
    dense({ units: 3 }),
  ]);
  return assertSame(few, {}, async ({ step }) => {
    const { prototype } = tf.AdamOptimizer;
    const { applyGradients } = prototype;
    await step(0);
    prototype.applyGradients = () => {
      throw new Error("torn");
    };
    await assertRejects(() => step(1), Error, "torn");
    prototype.applyGradients = applyGradients;
    for (let seed = 2; seed < 5; seed++) await step(seed);
  }, 3);
});

Deno.test("trainers in turn go with the tape, and one after the other with plans", async () => {
  const other = toLayersModel(tiny, { seed: 2 }), second = tfTrainer(other);
  const images = randomUniform([8, 6, 6, 2], 1), labels = new Uint8Array(8);
  const { steps } = await results(tiny, {}, true, async ({ step }) => {
    for (let seed = 0; seed < 4; seed++) {
      await step(seed);
      await second.step(images, labels);
    }
    assertEquals(planning.steps, 0);
    for (let turn = 0; turn < 4; turn++) await second.step(images, labels);
    for (let seed = 0; seed < 4; seed++) await step(seed);
  });
  assertEquals(steps, 3 + 2);
  second.dispose();
  other.dispose();
});

Deno.test("what draws is done apart, and stock kernels that keep weights get copies", async () => {
  const draws = network("draws", [6, 6, 2], [
    conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
    layers.dropout({ rate: 0.5 }),
    relu(),
    layers.dropout({ rate: 0.1 }),
    flatten(),
    layers.dropout({ rate: 0 }),
    dense({ units: 3 }),
    layers.dropout({ rate: 0.2 }),
  ]);
  const few = network("few", [6, 6, 2], [
    conv2d({ filters: 4, kernelSize: 3, groups: 2 }),
    flatten(),
    dense({ units: 3 }),
  ]);
  for (const recipe of recipes) {
    await assertSame(draws, recipe, five, 3);
    await assertSame(few, recipe, five, 3);
  }
});

Deno.test("a setting of a layer that is done apart may change in each step, and the plan stays", async () => {
  const draws = network("draws", [6, 6, 2], [
    layers.dropout({ rate: 0.5 }),
    flatten(),
    dense({ units: 3 }),
  ]);
  await assertSame(draws, {}, async ({ model, step }) => {
    const dropout = model.layers[1];
    for (let seed = 0; seed < 6; seed++) {
      Object.assign(dropout, { rate: seed / 10 });
      await step(seed);
    }
  }, 4);
});

Deno.test("odd layers train the same, planned or not", () =>
  assertSame(odd, {}, five, 3));

/** With layers whose settings a user may change. */
const settled = network("settled", [6, 6, 2], [
  conv2d({ filters: 4, kernelSize: 3 }),
  batchNorm(),
  layers.relu6(),
  layers.layerNorm(),
  flatten(),
  dense({ units: 3 }),
]);

Deno.test("settings that change between steps, and a call that a user gives a layer, count from then on", () =>
  assertSame(settled, { optimizer: "sgd" }, async ({ model, step }) => {
    const [, , norm, rectifier, rows] = model.layers;
    let calls = 0;
    for (let seed = 0; seed < 3; seed++) await step(seed);
    Object.assign(norm, { momentum: 0.5, epsilon: 0.1 });
    for (let seed = 3; seed < 5; seed++) await step(seed);
    const { settings } = rows as unknown as { settings: object };
    Object.assign(settings, { epsilon: 0.1 });
    for (let seed = 5; seed < 8; seed++) await step(seed);
    Object.assign(rectifier, {
      call: ([x]: Tensor[]) =>
        tf.mul(x, tf.randomUniform(x.shape, 0, 1, "float32", ++calls)),
    });
    for (let seed = 8; seed < 11; seed++) await step(seed);
    assertEquals(calls, 3);
  }, 6));

Deno.test("a plan that would leave a step beside it no room is given up at once", async () => {
  const wasm = recorder()!;
  let room = wasm.room, bytes = 0;
  const watched = {
    get room() {
      return room;
    },
    record: (...given: Parameters<typeof wasm.record>) => {
      const recorded = wasm.record(...given);
      ({ bytes } = recorded);
      return recorded;
    },
  };
  offerRecorder(Object.defineProperties(
    { ...wasm },
    Object.getOwnPropertyDescriptors(watched),
  ));
  try {
    await assertSame(tiny, {}, five, 3);
    room = 2 * bytes; // of which the model has some
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const held = () => backend.numDataIds();
    const before = held();
    await assertSame(tiny, {}, async ({ step, losses }) => {
      for (let seed = 0; seed < 4; seed++) {
        await step(seed);
        losses.push(held()); // with the tape nothing is
      }
    }, 0);
    assertEquals(held(), before);
    room = 3 * bytes + 1e6;
    await assertSame(tiny, {}, five, 3);
  } finally {
    offerRecorder(wasm);
  }
});

Deno.test("a planned training gives its memory back", async () => {
  const backend = tf.backend() as unknown as { numDataIds(): number };
  const count = () => [
    tf.memory().numTensors,
    tf.memory().numDataBuffers,
    backend.numDataIds(),
  ];
  await results(tiny, {}, true, five);
  const before = count();
  for (const recipe of recipes) await results(tiny, recipe, true, five);
  assertEquals(count(), before);
});

Deno.test("a planned step with NaN ends in the error that names step and remedy", async () => {
  const model = toLayersModel(tiny, { seed: 1 }), trainer = tfTrainer(model);
  const images = randomUniform([8, 6, 6, 2], 1), labels = new Uint8Array(8);
  for (let step = 0; step < 4; step++) await trainer.step(images, labels);
  images.data[3] = NaN;
  await assertRejects(
    () => trainer.step(images, labels),
    Error,
    "step 5",
  );
  trainer.dispose();
  model.dispose();
});

Deno.test("an interrupt in a planned step, or while one is recorded, leaves a trainer that goes on", async () => {
  const architecture = cifarResnet(8, { inputShape: [16, 16, 3] });
  const images = randomUniform([16, 16, 16, 3], 1);
  const labels = Uint8Array.from({ length: 16 }, (_, i) => i % 10);
  const course = async () => {
    const model = toLayersModel(architecture, { seed: 1 });
    const trainer = tfTrainer(model), losses: number[] = [];
    for (let step = 0; step < 5; step++) {
      losses.push((await trainer.step(images, labels)).loss);
    }
    trainer.dispose();
    model.dispose();
    return bits(losses);
  };
  await useBackend("wasm", { threads: 2 });
  const expected = await course();
  for (let turn = 0; turn < 12; turn++) {
    const model = toLayersModel(architecture, { seed: 1 });
    const trainer = tfTrainer(model);
    const steps = turn % 2 === 0 ? 1 : 3; // torn out of a recording, or of a plan
    for (let step = 0; step < steps; step++) await trainer.step(images, labels);
    tearOut(() => trainer.step(images, labels), 1 + 3 * turn);
    const { loss } = await trainer.step(images, labels);
    assert(Number.isFinite(loss));
    trainer.dispose();
    model.dispose();
    assertEquals(await course(), expected, `after interrupt ${turn + 1}`);
  }
  await useBackend("wasm", { threads: 1 });
});

Deno.test("fitNetTowers() plans its steps, to the bits of the tape's", async () => {
  const ids = Array.from({ length: 24 }, (_, i) => [i % 12, 12 + i % 8]);
  const images = randomUniform([24, 6, 6, 2], 1);
  const tower = { ...tiny, layers: [...tiny.layers, dense({ units: 16 })] };
  const course = async (on: boolean, threads: number) => {
    await useBackend("wasm", { threads });
    planning.on = on;
    planning.steps = 0;
    const options = { words: 20, size: 16, seed: 5, steps: 8, batchSize: 10 };
    const towers = await fitNetTowers(tower, images, ids, options);
    const rows = await towers.pictures(images);
    towers.dispose();
    planning.on = true;
    return {
      all: [towers.losses, rows.data, towers.captions(ids).data].map(bits),
      steps: planning.steps,
    };
  };
  const taped = await course(false, 1);
  const before = tf.memory().numTensors;
  const planned = await course(true, 1);
  assertEquals(planned.all, taped.all);
  assertEquals([taped.steps, planned.steps], [0, 6]);
  assertEquals(await course(true, 2), planned);
  await useBackend("wasm", { threads: 1 });
  assertEquals(tf.memory().numTensors, before, "tensors leak");
});

Deno.test("fit() plans by itself, and says so", async () => {
  const net = network("fit", [4, 4, 1], [flatten(), dense({ units: 4 })]);
  const drawing = network("drawing", [4, 4, 1], [
    layers.dropout({ rate: 0.5 }),
    ...net.layers,
  ]);
  const train = async (network: Architecture, epochs: number) => {
    const model = toLayersModel(network, { seed: 1 });
    const trainer = tfTrainer(model);
    planning.steps = 0;
    const options = { epochs, batchSize: 8, seed: 1 };
    const { stepping } = await fit(trainer, columnSet(36), options);
    const last = trainer.stepping;
    trainer.dispose();
    model.dispose();
    return { stepping, last, steps: planning.steps };
  };
  // 8 8 8 8 4, twice; the first two are not planned, nor is the last
  assertEquals(await train(net, 2), {
    stepping: "planned",
    last: "taped",
    steps: 2 + 4,
  });
  assertEquals((await train(drawing, 2)).steps, 2 + 4);
  assertEquals((await train(net, 1)).steps, 2);
  const scratch = scratchTrainer(buildNetwork(net, { seed: 1 }));
  const { stepping } = await fit(scratch, columnSet(36), {
    epochs: 1,
    seed: 1,
  });
  assertEquals(stepping, undefined);
});
