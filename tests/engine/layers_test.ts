import { assert, assertEquals } from "@std/assert";
import { randomNormal, type Tf, toTf, useBackend } from "cnn";
import type { layers, Sequential, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assertClose } from "./compare.ts";

type Layer = layers.Layer;

/** Trains a small model; returns all weights, the losses and a prediction. */
async function train(
  backend: "cpu" | "wasm",
  inputShape: number[],
  make: (tf: Tf) => Layer[],
  freeze = false,
) {
  const { tf } = await useBackend(backend);
  const before = tf.memory().numTensors;
  const model: Sequential = tf.sequential();
  make(tf).forEach((layer) => model.add(layer));
  let seed = 1;
  model.setWeights(
    model.getWeights().map((weight) => {
      const drawn = toTf(
        randomNormal(weight.shape, seed++, { deviation: 0.2 }),
      );
      // variances must not be negative
      return weight.shape.length === 1 ? tf.abs(drawn).add(0.5) : drawn;
    }),
  );
  if (freeze) model.layers[0].trainable = false;
  const x = toTf(randomNormal([8, ...inputShape], 91));
  const y = toTf(
    randomNormal([8, ...model.outputShape.slice(1) as number[]], 92),
  );
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  const losses: number[] = [];
  const counts: number[] = [];
  for (let step = 0; step < 4; step++) {
    losses.push(await model.trainOnBatch(x, y) as number);
    counts.push(tf.memory().numTensors);
  }
  assertEquals(counts[3], counts[1], `tensors leak: ${counts}`);
  const prediction = model.predict(x) as Tensor;
  const values = [...model.getWeights(), prediction]
    .map((t) => [...t.dataSync()]);
  assert(before >= 0);
  model.dispose();
  tf.dispose([x, y, prediction]);
  return [...values, losses];
}

async function assertTrainsAsOnCpu(
  name: string,
  inputShape: number[],
  make: (tf: Tf) => Layer[],
  freeze = false,
) {
  const expected = await train("cpu", inputShape, make, freeze);
  const found = await train("wasm", inputShape, make, freeze);
  expected.forEach((values, i) =>
    assertClose(found[i], values, `${name}: array ${i}`, 2e-4)
  );
}

for (const activation of ["linear", "relu", "tanh"] as const) {
  for (const useBias of [true, false]) {
    Deno.test(`conv2d and dense layers train on wasm as on cpu: ${activation}, bias ${useBias}`, () =>
      assertTrainsAsOnCpu(`${activation} ${useBias}`, [7, 7, 2], (tf) => [
        tf.layers.conv2d({
          inputShape: [7, 7, 2],
          filters: 5,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          activation,
          useBias,
        }),
        tf.layers.conv2d({ filters: 4, kernelSize: 2, activation, useBias }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 6, activation, useBias }),
        tf.layers.dense({ units: 3 }),
      ]));
  }
}

Deno.test("batch normalisation trains on wasm as on cpu", async () => {
  for (const shape of [[6, 6, 3], [5, 5, 8], [10]]) {
    await assertTrainsAsOnCpu(`${shape}`, shape, (tf) => [
      tf.layers.batchNormalization({ inputShape: shape, momentum: 0.8 }),
      ...(shape.length > 1 ? [tf.layers.flatten()] : []),
      tf.layers.dense({ units: 2 }),
    ]);
  }
});

Deno.test("a frozen first layer stays, the rest trains on wasm as on cpu", () =>
  assertTrainsAsOnCpu("frozen", [6, 6, 2], (tf) => [
    tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
    tf.layers.batchNormalization(),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 2 }),
  ], true));

Deno.test("depthwise, separable and embedding layers train on wasm", async () => {
  await assertTrainsAsOnCpu("depthwise", [7, 7, 3], (tf) => [
    tf.layers.depthwiseConv2d({
      inputShape: [7, 7, 3],
      kernelSize: 3,
      depthMultiplier: 2,
      padding: "same",
    }),
    tf.layers.separableConv2d({ filters: 4, kernelSize: 3, strides: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2 }),
  ]);
  const values: number[][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    const { tf } = await useBackend(backend);
    const table = toTf(randomNormal([5, 6], 3));
    const ids = tf.tensor1d([0, 3, 3, 1], "int32");
    const grad = tf.grad((t) => tf.square(tf.gather(t, ids)))(table);
    values.push([...grad.dataSync()]);
    tf.dispose([table, ids, grad]);
  }
  assertClose(values[1], values[0], "embedding");
});

Deno.test("FusedBatchNorm and its gradients on wasm agree with cpu", async () => {
  const values: number[][][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    const { tf } = await useBackend(backend);
    values.push(tf.tidy(() => {
      const inputs = [[3, 4, 5, 6], [6], [6], [6], [6]].map((shape, i) =>
        toTf(randomNormal(shape, i + 1))
      );
      inputs[2] = tf.abs(inputs[2]).add(0.3);
      const grads = tf.grads((x, mean, variance, offset, scale) =>
        tf.batchNorm(
          ...[x, mean, variance] as [Tensor, Tensor, Tensor],
          ...[offset, scale, 1e-3] as [Tensor, Tensor, number],
        ).square()
      );
      return grads(inputs).map((t) => [...t.dataSync()]);
    }));
  }
  values[0].forEach((expected, i) =>
    assertClose(values[1][i], expected, `input ${i}`)
  );
});

Deno.test("a dilated convolution trains on wasm", async () => {
  const { tf } = await useBackend("wasm");
  for (const pad of ["same", "valid"] as const) {
    tf.tidy(() => {
      const x = toTf(randomNormal([1, 7, 6, 2], 1));
      const filter = toTf(randomNormal([3, 2, 2, 2], 2));
      const loss = (x: Tensor, filter: Tensor) =>
        tf.sum(tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, pad, "NHWC", 2))
          .asScalar();
      const [dx, dFilter] = tf.grads((x, filter) => loss(x, filter))([
        x,
        filter,
      ]);
      // The loss is linear in each: a step of 1 gives the slope.
      for (const [value, gradient] of [[x, dx], [filter, dFilter]]) {
        const found = gradient.dataSync();
        for (let at = 0; at < value.size; at += 3) {
          const unit = tf.oneHot(tf.tensor1d([at], "int32"), value.size)
            .toFloat().reshape(value.shape);
          const moved = value === x
            ? loss(x.add(unit), filter)
            : loss(x, filter.add(unit));
          const slope = moved.dataSync()[0] - loss(x, filter).dataSync()[0];
          assert(Math.abs(found[at] - slope) < 1e-3, `${at}: ${slope}`);
        }
      }
    });
  }
});
