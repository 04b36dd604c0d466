import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { layers, LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { Tensor } from "../../lib/base/tensor.ts";
import { toTf, useBackend } from "../../lib/engine/mod.ts";
import {
  evaluate,
  fit,
  scratchTrainer,
  tfTrainer,
  type Trainable,
  type TrainerOptions,
} from "../../lib/mod.ts";
import { columnSet, linearNetwork } from "./tiny.ts";

const { tf } = await useBackend("cpu");

/** The hand-made network as a tf model with the same weights. */
function linearModel(network: Trainable): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [4, 4, 1] }),
      tf.layers.dense({ units: 4, name: "dense1" }),
    ],
  });
  const weights = [...network.weights.values()].map(toTf);
  model.setWeights(weights);
  tf.dispose(weights);
  return model;
}

const recipes: TrainerOptions[] = [
  { optimizer: "sgd", learningRate: 0.1 },
  { optimizer: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
  { optimizer: "adam", learningRate: 0.01 },
  { optimizer: "adam", learningRate: 0.01, weightDecay: 0.1 },
  { optimizer: "adam", learningRate: 0.01, weightDecay: 1 },
];

for (const options of recipes) {
  Deno.test(`tfTrainer() steps like scratchTrainer() with ${JSON.stringify(options)}`, async () => {
    const network = linearNetwork(16, 4);
    const model = linearModel(network);
    const scratch = scratchTrainer(network, options);
    const trainer = tfTrainer(model, options);
    const set = columnSet(12);
    for (let step = 0; step < 5; step++) {
      if (step === 3) scratch.learningRate = trainer.learningRate = 0.02;
      const expected = await scratch.step(set.images, set.labels);
      const found = await trainer.step(set.images, set.labels);
      assertAlmostEquals(found.loss, expected.loss, 1e-5);
      assertEquals(found.correct, expected.correct);
    }
    const kernel = network.weights.get("dense1/kernel")!;
    const found = await model.getWeights()[0].data();
    found.forEach((value, i) =>
      assertAlmostEquals(value, kernel.data[i], 1e-5)
    );
    const a = await trainer.gradients(set.images, set.labels);
    const b = await scratch.gradients(set.images, set.labels);
    assertEquals([...a.keys()], [...b.keys()]);
    a.get("dense1/kernel")!.data.forEach((value, i) =>
      assertAlmostEquals(value, b.get("dense1/kernel")!.data[i], 1e-5)
    );
    trainer.dispose();
    model.dispose();
  });
}

/** A small net with everything that has a state or a mode. */
function convModel(): LayersModel {
  const seed = 1;
  const kernelInitializer = () => tf.initializers.heNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [4, 4, 1],
        filters: 4,
        kernelSize: 3,
        padding: "same",
        useBias: false,
        kernelInitializer: kernelInitializer(),
        name: "conv1",
      }),
      tf.layers.batchNormalization({ name: "bn1", momentum: 0.5 }),
      tf.layers.reLU(),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({
        units: 4,
        kernelInitializer: kernelInitializer(),
        name: "dense1",
      }),
    ],
  });
}

for (const backend of ["wasm", "cpu"] as const) {
  Deno.test(`tfTrainer() on ${backend}: same seed, same weights to the bit`, async () => {
    await useBackend(backend);
    const run = async () => {
      const model = convModel();
      const trainer = tfTrainer(model);
      await fit(trainer, columnSet(40), { epochs: 2, batchSize: 8, seed: 3 });
      const values = model.getWeights().map((weight) => [...weight.dataSync()]);
      trainer.dispose();
      model.dispose();
      return values;
    };
    assertEquals(await run(), await run());
  });

  Deno.test(`tfTrainer() on ${backend}: no tensor is left over`, async () => {
    await useBackend(backend);
    const before = tf.memory().numTensors;
    const model = convModel();
    const set = columnSet(600);
    for (const optimizer of ["adam", "sgd"] as const) {
      const made = tf.memory().numTensors;
      const trainer = tfTrainer(model, { optimizer, weightDecay: 0.1 });
      await fit(trainer, set, { epochs: 1, batchSize: 300, seed: 1 });
      const after = tf.memory().numTensors;
      await fit(trainer, set, {
        epochs: 1,
        batchSize: 100,
        seed: 1,
        validation: set,
      });
      await trainer.gradients(set.images, set.labels);
      assertEquals(tf.memory().numTensors, after);
      trainer.dispose();
      assertEquals(tf.memory().numTensors, made);
    }
    model.dispose();
    assertEquals(tf.memory().numTensors, before);
  });
}

Deno.test("tfTrainer() updates the moving averages of batch normalisation", async () => {
  await useBackend("cpu");
  const model = convModel();
  const trainer = tfTrainer(model);
  const { images, labels } = columnSet(16);
  const conv = tf.model({
    inputs: model.inputs,
    outputs: model.layers[0].output as never,
  });
  const y = conv.predict(toTf(images)) as ReturnType<typeof toTf>;
  const batchMean = y.mean([0, 1, 2]).dataSync();
  await trainer.step(images, labels);
  const moving = model.getLayer("bn1").getWeights()[2].dataSync();
  // momentum 0.5 from 0: half of the batch's mean
  moving.forEach((value, i) =>
    assertAlmostEquals(value, batchMean[i] / 2, 1e-6)
  );
  await trainer.logits(images);
  assertEquals(model.getLayer("bn1").getWeights()[2].dataSync(), moving);
});

Deno.test("tfTrainer() learns columns and counts what it gets right", async () => {
  await useBackend("wasm");
  const trainer = tfTrainer(convModel(), { learningRate: 0.02 });
  const set = columnSet(200);
  await fit(trainer, set, { epochs: 8, batchSize: 20, seed: 1 });
  const { accuracy, predictions } = await evaluate(trainer, set);
  assert(accuracy > 0.95);
  const { correct, loss } = await trainer.step(set.images, set.labels);
  assert(Number.isInteger(correct) && loss > 0);
  assertEquals(predictions.length, 200);
});

Deno.test("tfTrainer() a NaN loss names the step and the remedy", async () => {
  await useBackend("cpu");
  const trainer = tfTrainer(convModel());
  const set = columnSet(8);
  const images: Tensor = {
    ...set.images,
    data: set.images.data.map(() => NaN),
  };
  await trainer.step(set.images, set.labels);
  const error = await assertRejects(
    () => trainer.step(images, set.labels),
    Error,
  ) as Error;
  assert(
    error.message.startsWith(
      "tfTrainer() expects a finite loss but found NaN at step 2",
    ),
  );
  assert(error.message.includes("check the images for NaN"));
});

Deno.test("tfTrainer() rejects a model that ends with a softmax", () => {
  const end = (layer: layers.Layer) =>
    tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [2, 2, 1] }), layer],
    });
  for (
    const layer of [
      tf.layers.dense({ units: 2, activation: "softmax" }),
      tf.layers.softmax(),
    ]
  ) {
    assertThrows(
      () => tfTrainer(end(layer)),
      TypeError,
      "found a softmax in its last layer",
    );
  }
});

Deno.test("tfTrainer() rejects a model with two inputs, and one with two outputs", () => {
  const [a, b] = [1, 2].map(() => tf.input({ shape: [4] }));
  const [out, other] = [1, 2].map(() =>
    tf.layers.dense({ units: 3 }).apply(a) as SymbolicTensor
  );
  const sum = tf.layers.add().apply([a, b]) as SymbolicTensor;
  for (
    const [inputs, outputs, found] of [
      [[a, b], [sum], "found 2 and 1"],
      [[a], [out, other], "found 1 and 2"],
    ] as const
  ) {
    const model = tf.model({ inputs: [...inputs], outputs: [...outputs] });
    assertThrows(() => tfTrainer(model), TypeError, found);
    model.dispose();
  }
});
