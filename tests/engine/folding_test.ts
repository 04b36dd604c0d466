import { assert, assertEquals } from "@std/assert";
import {
  type Architecture,
  cifarResnet,
  efficientNetLite0,
  layers,
  network,
  randomNormal,
  randomUniform,
  smallVgg,
  tfTrainer,
  toLayersModel,
  toTf,
  useBackend,
} from "cnn";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import {
  foldedInto,
  isDone,
  withoutLooking,
} from "../../lib/engine/folding.ts";
import type { Layer } from "../../lib/engine/stock.ts";
import { assertSameAsCpu } from "./compare.ts";

/** Kernels that ran. */
async function kernelsOf(run: () => unknown): Promise<string[]> {
  const { tf } = await useBackend("wasm");
  const { kernels } = await tf.profile(async () => {
    await run();
    return tf.scalar(0);
  });
  return kernels.map(({ name }) => name);
}

const nets: Record<string, Architecture> = {
  "small VGG": smallVgg(),
  "ResNet-8": cifarResnet(8),
  "EfficientNet-Lite0": efficientNetLite0({
    inputShape: [32, 32, 3],
    batchNorm: false,
    classes: 10,
  }),
  "a depthwise convolution of few channels": network("few", [8, 8, 2], [
    layers.conv2d({ filters: 2, kernelSize: 3, groups: 2 }),
    layers.relu6(),
    layers.conv2d({ filters: 4, kernelSize: 1, groups: 2, useBias: false }),
    layers.relu(),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ]),
};

for (const [name, architecture] of Object.entries(nets)) {
  Deno.test(`activations folded into convolutions change no bit: ${name}`, async () => {
    const { tf } = await useBackend("wasm", { threads: 2 });
    const model = toLayersModel(architecture, { seed: 1 });
    // biases that are not 0
    const weights = model.getWeights();
    const moved = weights.map((weight, seed) =>
      weight.shape.length === 1
        ? tf.abs(toTf(randomNormal(weight.shape, seed))).add(0.1)
        : weight
    );
    model.setWeights(moved);
    const images = randomUniform([3, ...architecture.inputShape], 1);
    const before = tf.memory().numTensors;
    const trainer = tfTrainer(model);
    const folded = (await trainer.logits(images)).data;
    trainer.dispose();
    const plain = tf.tidy(() =>
      (model.apply(toTf(images)) as Tensor).dataSync().slice()
    );
    assertEquals(tf.memory().numTensors, before, "tensors leak");
    assertEquals([...folded], [...plain]);
    assert(plain.some((value) => value !== 0));
    model.dispose();
  });
}

Deno.test("a model that runs inside another's run takes nothing from it", async () => {
  await useBackend("wasm");
  const net = network("one", [4, 4, 1], [
    layers.conv2d({ filters: 2, kernelSize: 3 }),
    layers.relu(),
  ]);
  const [outer, inner] = [1, 2].map((seed) => toLayersModel(net, { seed }));
  const layersOf = (model: typeof outer) =>
    model.layers.slice(-2) as unknown as Layer[];
  const [convolution, activation] = layersOf(outer);
  const [innerConvolution, innerActivation] = layersOf(inner);
  withoutLooking(outer, () => {
    assertEquals(foldedInto(convolution), "relu");
    withoutLooking(inner, () => {
      assertEquals(isDone(activation), false);
      assertEquals(foldedInto(innerConvolution), "relu");
    });
    assertEquals([isDone(activation), isDone(innerActivation)], [true, false]);
  });
  assertEquals(isDone(activation), false);
  outer.dispose();
  inner.dispose();
});

Deno.test("only what nobody else reads is folded", async () => {
  const { tf } = await useBackend("wasm");
  const conv = () => tf.layers.conv2d({ filters: 4, kernelSize: 1 });
  const x = tf.input({ shape: [4, 4, 2] });
  const first = conv().apply(x) as SymbolicTensor;
  const rectified = tf.layers.reLU({}).apply(first) as SymbolicTensor;
  const seenTwice = conv().apply(rectified) as SymbolicTensor;
  const after = tf.layers.reLU({}).apply(seenTwice) as SymbolicTensor;
  const sum = tf.layers.add().apply([after, seenTwice]) as SymbolicTensor;
  const model = tf.model({ inputs: x, outputs: sum });
  const early = tf.model({ inputs: x, outputs: first });
  const images = randomNormal([1, 4, 4, 2], 1);
  for (const one of [model, early]) {
    const trainer = tfTrainer(one);
    const found = (await trainer.logits(images)).data;
    const expected = tf.tidy(() =>
      (one.apply(toTf(images)) as Tensor).dataSync()
    );
    assertEquals([...found], [...expected]);
    trainer.dispose();
  }
  const trainer = tfTrainer(model);
  const names = await kernelsOf(() => trainer.logits(images));
  assertEquals(names.filter((name) => name === "Relu").length, 1);
  const again = await kernelsOf(() =>
    tf.tidy(() => model.predict(toTf(images)))
  );
  assertEquals(again.filter((name) => name === "Relu").length, 2);
  trainer.dispose();
  model.dispose();
});

Deno.test("fused depthwise convolutions are cpu's, with bias and activation", async () => {
  for (const activation of ["linear", "relu", "relu6"]) {
    for (const [channels, multiplier] of [[4, 1], [7, 1], [3, 1], [4, 2]]) {
      for (const [size, stride] of [[3, 1], [3, 2], [5, 1], [2, 2]]) {
        await assertSameAsCpu({
          kernel: "FusedDepthwiseConv2D",
          inputs: {
            x: { shape: [2, 9, 8, channels] },
            filter: { shape: [size, size, channels, multiplier] },
            bias: { shape: [channels * multiplier] },
          },
          attrs: {
            strides: [stride, stride],
            pad: "same",
            dataFormat: "NHWC",
            dilations: [1, 1],
            activation,
          },
        });
      }
    }
  }
});
