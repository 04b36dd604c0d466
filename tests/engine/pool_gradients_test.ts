import { type Tf, tfjs, useBackend } from "cnn";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assertSameAsCpu, type Input } from "./compare.ts";

const CASES: {
  filterSize: [number, number];
  strides: [number, number];
  pad: "same" | "valid";
  size: [number, number];
}[] = [];
for (const filterSize of [[1, 1], [2, 2], [3, 3], [3, 2]] as const) {
  for (const strides of [[1, 1], [2, 2], [3, 3], [1, 2]] as const) {
    for (const pad of ["same", "valid"] as const) {
      for (const size of [[8, 7], [9, 10]] as const) {
        CASES.push({
          filterSize: [...filterSize],
          strides: [...strides],
          pad,
          size: [...size],
        });
      }
    }
  }
}

for (
  const [kernel, forward] of [["MaxPoolGrad", "maxPool"], [
    "AvgPoolGrad",
    "avgPool",
  ]] as const
) {
  Deno.test(`${kernel} on wasm agrees with cpu`, async () => {
    const { tf } = await useBackend("cpu");
    for (const { filterSize, strides, pad, size } of CASES) {
      // 3 channels fill no vector, 6 one and a half
      const channels = filterSize[0] === 3 ? 3 : 6;
      const x: [number, number, number, number] = [2, ...size, channels];
      const info = tf.backend_util.computePool2DInfo(
        x,
        filterSize,
        strides,
        1,
        pad,
      );
      const inputs: Record<string, Input> = forward === "maxPool"
        ? {
          dy: { shape: info.outShape },
          input: { shape: x },
          output: {
            shape: info.outShape,
            from: (tf: Tf, made: Record<string, Tensor>) =>
              tf.maxPool(made.input as Tensor4D, filterSize, strides, pad),
          },
        }
        : { dy: { shape: info.outShape }, input: { shape: x } };
      await assertSameAsCpu({
        kernel,
        inputs,
        attrs: { filterSize, strides, pad, dimRoundingMode: undefined },
      });
    }
  });
}

Deno.test("a convolutional network trains on wasm and leaks no tensor", async () => {
  await useBackend("wasm");
  const tf = tfjs();
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 2],
        filters: 4,
        kernelSize: 3,
        activation: "relu",
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }),
      tf.layers.batchNormalization(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: "categoricalCrossentropy",
  });
  const x = tf.randomNormal([16, 8, 8, 2], 0, 1, "float32", 1);
  const y = tf.oneHot(tf.range(0, 16, 1, "int32").mod(3).toInt(), 3);
  const losses: number[] = [];
  const counts: number[] = [];
  for (let step = 0; step < 30; step++) {
    losses.push(await model.trainOnBatch(x, y) as number);
    counts.push(tf.memory().numTensors);
  }
  if (!(losses[29] < 0.5 * losses[0])) {
    throw new Error(`the loss stays at ${losses}`);
  }
  // The optimiser makes its moments in the first step.
  for (const count of counts.slice(2)) {
    if (count !== counts[1]) throw new Error(`tensors leak: ${counts}`);
  }
  model.dispose();
  tf.dispose([x, y]);
});
