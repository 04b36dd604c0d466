import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type * as tensorflow from "@tensorflow/tfjs";
import {
  type Architecture,
  buildNetwork,
  initialWeights,
  layers,
  lenet,
  network,
  smallInception,
  smallResnet,
  type Weights,
} from "../../lib/networks/mod.ts";
import { softmaxCrossEntropy } from "../../lib/layers/mod.ts";
import { random, randomNormal } from "../../lib/base/random.ts";
import type { Tensor } from "../../lib/base/tensor.ts";
import { useBackend } from "../../lib/engine/backend.ts";
import { toTf } from "../../lib/engine/convert.ts";
import type { Tf } from "../../lib/engine/load.ts";
import {
  readWeights,
  toLayersModel,
  variables,
} from "../../lib/engine/layers_model.ts";

/** The largest value, whatever its sign; NaN where there is one. */
function largest({ data }: Tensor): number {
  let most = 0;
  for (const value of data) most = Math.max(most, Math.abs(value));
  return most;
}

/** Largest difference, relative to the largest value. */
function difference(a: Tensor, b: Tensor): number {
  assertEquals(a.shape, b.shape);
  const apart = { shape: a.shape, data: a.data.map((v, i) => v - b.data[i]) };
  return largest(apart) / Math.max(largest(a), 1e-6);
}

/** Weights whose biases, scales and moving averages are not at their start. */
function movedWeights(architecture: Architecture): Weights {
  const weights = initialWeights(architecture, 5);
  const stream = random(6);
  for (const [name, { data }] of weights) {
    if (name.endsWith("/kernel")) continue;
    for (let i = 0; i < data.length; i++) data[i] += 0.3 * stream.uniform();
  }
  return weights;
}

/** The model's gradients of the mean cross entropy, under the architecture's names. */
function tfGradients(
  tf: Tf,
  model: tensorflow.LayersModel,
  architecture: Architecture,
  x: Tensor,
  labels: number[],
): Weights {
  const trainable = variables(model, architecture)
    .filter((variable) => variable.trainable);
  const inner = trainable.map(({ variable }) =>
    (variable as unknown as { val: tensorflow.Variable }).val
  );
  const { grads, value } = tf.variableGrads(() => {
    const logits = model.apply(toTf(x), { training: true });
    const target = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
    return tf.losses.softmaxCrossEntropy(
      target,
      logits as tensorflow.Tensor,
    ) as tensorflow.Scalar;
  }, inner);
  value.dispose();
  return new Map(trainable.map(({ name, shape }, i) => {
    const data = grads[inner[i].name].dataSync() as Float32Array;
    return [name, { shape, data }];
  }));
}

/** Compares outputs and gradients of both networks on the same weights. */
async function compare(
  backend: "cpu" | "wasm",
  architecture: Architecture,
): Promise<void> {
  const { tf } = await useBackend(backend);
  const weights = movedWeights(architecture);
  const scratch = buildNetwork(architecture, { weights });
  const model = toLayersModel(architecture, { weights });
  const x = randomNormal([3, ...architecture.inputShape], 7);
  const labels = [1, 0, 9];

  const used = model.predict(toTf(x)) as tensorflow.Tensor;
  const usedHere = scratch.forward(x);
  const inUse = { shape: used.shape, data: await used.data() as Float32Array };
  assert(difference(usedHere, inUse) < 1e-4, "outputs in use");

  const found = tfGradients(tf, model, architecture, x, labels);
  const logits = scratch.forward(x, { training: true });
  const { dLogits } = softmaxCrossEntropy(logits, Uint8Array.from(labels));
  const { gradients } = scratch.backward(dLogits);
  assertEquals([...gradients.keys()], [...found.keys()]);
  // A bias before batch normalisation has gradient 0 but for rounding, so the
  // largest gradient of the network is the measure.
  const most = Math.max(...[...found.values()].map(largest));
  for (const [name, gradient] of gradients) {
    const other = found.get(name)!;
    const own = difference(gradient, other);
    assert(
      own < 1e-4 || own * largest(gradient) < 1e-6 * most,
      `gradient of ${name}: relative difference ${own}`,
    );
  }
  // Both moved their averages by the same step of training.
  for (const [name, weight] of await readWeights(model, architecture)) {
    assert(difference(weight, scratch.weights.get(name)!) < 1e-4, name);
  }
  model.dispose();
}

/** Every kind of layer and way of convolving that the named nets lack. */
const oddities = network("oddities", [9, 8, 4], [
  layers.conv2d({
    filters: 8,
    kernelSize: [3, 2],
    strides: [2, 1],
    padding: "same",
    groups: 4,
  }),
  layers.relu(),
  layers.conv2d({
    filters: 12,
    kernelSize: 3,
    padding: "same",
    groups: 2,
  }),
  layers.batchNorm({ epsilon: 0.01, momentum: 0.5 }),
  layers.relu(),
  layers.parallel([
    layers.avgPool2d({ poolSize: 3, strides: 2, padding: "same" }),
    layers.padShortcut({ filters: 12, strides: 2 }),
  ], { join: "add" }),
  layers.parallel([[layers.relu()]], { join: "concat" }),
  layers.flatten(),
  layers.dropout({ rate: 0 }),
  layers.dense({ units: 10, useBias: false }),
  layers.batchNorm(),
]);

const nets: [string, Architecture][] = [
  ["LeNet", lenet()],
  [
    "a small Inception",
    smallInception({ width: 0.5, inputShape: [12, 12, 1] }),
  ],
  [
    "an Inception with batch normalisation",
    smallInception({ width: 0.25, inputShape: [12, 12, 3], batchNorm: true }),
  ],
  [
    "a small residual net",
    smallResnet({ width: 0.25, inputShape: [14, 14, 1] }),
  ],
  [
    "a plain net without batch normalisation",
    smallResnet({
      width: 0.25,
      inputShape: [14, 14, 1],
      plain: true,
      batchNorm: false,
    }),
  ],
  ["grouped and padded layers", oddities],
];

for (const backend of ["cpu", "wasm"] as const) {
  for (const [name, architecture] of nets) {
    Deno.test(`toLayersModel() on ${backend} computes what buildNetwork() does for ${name}`, () =>
      compare(backend, architecture));
  }
}

Deno.test("toLayersModel() computes dilated convolutions, which tfjs cannot train", async () => {
  await useBackend("cpu");
  const dilated = network("dilated", [9, 8, 4], [
    layers.conv2d({ filters: 6, kernelSize: 3, dilations: 2, groups: 2 }),
    layers.conv2d({
      filters: 6,
      kernelSize: [2, 3],
      dilations: [2, 1],
      padding: "same",
    }),
  ]);
  const x = randomNormal([2, 9, 8, 4], 7);
  const y = toLayersModel(dilated, { seed: 2 })
    .predict(toTf(x)) as tensorflow.Tensor;
  const here = buildNetwork(dilated, { seed: 2 }).forward(x);
  const there = { shape: y.shape, data: y.dataSync() as Float32Array };
  assert(difference(here, there) < 1e-4);
});

Deno.test("toLayersModel() takes the weights that readWeights() gives", async () => {
  await useBackend("cpu");
  const architecture = smallResnet({ width: 0.25 });
  const weights = movedWeights(architecture);
  const model = toLayersModel(architecture, { weights });
  assertEquals(await readWeights(model, architecture), weights);
  model.dispose();
});

Deno.test("toLayersModel() leaves no tensor behind its weights", async () => {
  const { tf } = await useBackend("cpu");
  const before = tf.memory().numTensors;
  const model = toLayersModel(oddities);
  assertEquals(
    tf.memory().numTensors - before,
    initialWeights(oddities, 1).size,
  );
  const x = tf.ones([1, 9, 8, 4]);
  tf.dispose([model.predict(x) as tensorflow.Tensor, x]);
  model.dispose();
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("toLayersModel() starts from the seed's weights", async () => {
  await useBackend("cpu");
  const model = toLayersModel(lenet(), { seed: 3 });
  assertEquals(await readWeights(model, lenet()), initialWeights(lenet(), 3));
  model.dispose();
});

Deno.test("toLayersModel() drops the same values from the same seed, and others in the next step", async () => {
  const { tf } = await useBackend("cpu");
  const drop = network("drop", [4, 4, 1], [
    layers.flatten(),
    layers.dropout({ rate: 0.5 }),
  ]);
  const run = (
    model: tensorflow.LayersModel,
  ) => [
    ...(model.apply(tf.ones([1, 4, 4, 1]), {
      training: true,
    }) as tensorflow.Tensor).dataSync(),
  ];
  const [one, two] = [
    toLayersModel(drop, { seed: 1 }),
    toLayersModel(drop, { seed: 1 }),
  ];
  const first = run(one);
  assertEquals(first, run(two));
  assert(String(first) !== String(run(one)));
  assert(first.every((v) => v === 0 || v === 2));
});

Deno.test("toLayersModel() says what tfjs cannot do", async () => {
  await useBackend("cpu");
  const both = network("both", [9, 9, 1], [
    layers.conv2d({ filters: 1, kernelSize: 3, strides: 2, dilations: 2 }),
  ]);
  assertThrows(
    () => toLayersModel(both),
    RangeError,
    'strides or dilations of 1 in "conv1"',
  );
});

Deno.test("readWeights() names a layer that the model lacks", async () => {
  await useBackend("cpu");
  const model = toLayersModel(lenet());
  await assertRejects(
    () => readWeights(model, smallResnet()),
    TypeError,
    'with a weight "conv1/kernel" [3, 3, 1, 16] but found [5, 5, 1, 6]',
  );
});
