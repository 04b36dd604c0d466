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
  done,
  foldOf,
  isDone,
  withoutLooking,
} from "../../lib/engine/folding.ts";
import { ADD_RELU } from "../../lib/engine/kernels/elementwise.ts";
import {
  TRAINING,
  TRAINING_RELU,
  TRAINING_SUM,
} from "../../lib/engine/kernels/norm.ts";
import { kinds } from "../../lib/layers/kinds.ts";
import type { Pass } from "../../lib/layers/tfjs/together.ts";
import { assertClose, assertSameAsCpu } from "./compare.ts";

/** Kernels that ran. */
async function kernelsOf(run: () => unknown): Promise<string[]> {
  const { tf } = await useBackend("wasm");
  const { kernels, result } = await tf.profile(async () => {
    await run();
    return tf.scalar(0);
  });
  tf.dispose(result);
  return kernels.map(({ name }) => name);
}

const nets: Record<string, Architecture> = {
  "small VGG": smallVgg(),
  "ResNet-8 without batch norm": cifarResnet(8, { batchNorm: false }),
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

const normalised: Record<string, Architecture> = {
  "ResNet-8": cifarResnet(8),
  "batch norm behind any convolution": network("any", [9, 8, 3], [
    layers.conv2d({ filters: 6, kernelSize: 3, strides: 2 }),
    layers.batchNorm(),
    layers.conv2d({ filters: 12, kernelSize: 3, groups: 6, useBias: false }),
    layers.batchNorm({ epsilon: 0.1 }),
    layers.relu6(),
    layers.conv2d({ filters: 300, kernelSize: 1 }),
    layers.batchNorm(),
    layers.relu(),
    layers.batchNorm(),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ]),
};

/** A model whose weights and moving averages are all other than 0 and 1. */
async function drawn(architecture: Architecture) {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const model = toLayersModel(architecture, { seed: 1 });
  tf.tidy(() =>
    model.setWeights(
      model.getWeights().map((weight, seed) =>
        weight.shape.length === 1
          ? tf.abs(toTf(randomNormal(weight.shape, seed))).add(0.1)
          : weight
      ),
    )
  );
  const images = randomUniform([3, ...architecture.inputShape], 1);
  const before = tf.memory().numTensors;
  const trainer = tfTrainer(model);
  const folded = (await trainer.logits(images)).data;
  const kernels = await kernelsOf(() => trainer.logits(images));
  trainer.dispose();
  const plain = tf.tidy(() =>
    (model.apply(toTf(images)) as Tensor).dataSync().slice()
  );
  assertEquals(tf.memory().numTensors, before, "tensors leak");
  assert(plain.some((value) => value !== 0));
  model.dispose();
  return { folded, plain, kernels };
}

for (const [name, architecture] of Object.entries(nets)) {
  Deno.test(`activations folded into convolutions change no bit: ${name}`, async () => {
    const { folded, plain } = await drawn(architecture);
    assertEquals([...folded], [...plain]);
  });
}

for (const [name, architecture] of Object.entries(normalised)) {
  Deno.test(`batch norm is folded into the convolution before it: ${name}`, async () => {
    const { folded, plain, kernels } = await drawn(architecture);
    assertClose(folded, plain, name, 2e-5);
    const count = (kind: string) => kernels.filter((k) => k === kind).length;
    assertEquals(
      [count("FusedBatchNorm"), count("FoldBatchNorm")],
      name === "ResNet-8" ? [0, 7] : [1, 3],
    );
  });
}

/** Loss and gradients of one step, of fused layers and of each layer by itself. */
async function gradientsBothWays(
  backend: "cpu" | "wasm",
  architecture: Architecture,
) {
  const { tf } = await useBackend(
    backend,
    backend === "cpu" ? {} : { threads: 2 },
  );
  const model = toLayersModel(architecture, { seed: 1 });
  const x = toTf(randomNormal([5, ...architecture.inputShape], 3));
  const step = () => model.apply(x, { training: true }) as Tensor;
  const start = model.getWeights().map((weight) => weight.clone());
  const [fused, plain] = [() => withoutLooking(model, step), step].map(
    (run) => {
      model.setWeights(start);
      const before = tf.memory().numTensors;
      const numbers = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() =>
          tf.sum(tf.square(tf.sub(run(), 0.3))).asScalar()
        );
        return [value, ...Object.values(grads), ...model.getWeights()]
          .map((one) => one.dataSync().slice());
      });
      assertEquals(tf.memory().numTensors, before, "tensors leak");
      return numbers;
    },
  );
  const kernels = await kernelsOf(() =>
    tf.tidy(() => void withoutLooking(model, step))
  );
  tf.dispose([x, ...start]);
  model.dispose();
  return { fused, plain, kernels };
}

const { conv2d, batchNorm, relu, parallel } = layers;
const trained: Record<string, [Architecture, number, number]> = {
  "rows that fill no vectors": [
    network("odd", [3, 5, 3], [
      batchNorm(),
      relu(),
      conv2d({ filters: 5, kernelSize: 1 }),
      batchNorm(),
      relu(),
    ]),
    2,
    0,
  ],
  "many channels": [
    network("wide", [2, 3, 2], [
      conv2d({ filters: 301, kernelSize: 1 }),
      parallel([[batchNorm()], []], { join: "add" }),
      relu(),
      batchNorm(),
      relu(),
    ]),
    1,
    1,
  ],
  "a sum of two": [
    network("two", [7, 6, 3], [
      parallel([
        [conv2d({ filters: 6, kernelSize: 3, padding: "same" }), batchNorm()],
        [conv2d({ filters: 6, kernelSize: 1 }), batchNorm()],
      ], { join: "add" }),
      relu(),
      parallel([[], [batchNorm()]], { join: "add" }),
      relu(),
    ]),
    0,
    2,
  ],
  "what something else reads, or follows, stays": [
    network("stays", [4, 4, 2], [
      batchNorm(),
      layers.relu6(),
      batchNorm(),
      parallel([[relu()], []], { join: "add" }),
      parallel([[batchNorm()], [], []], { join: "add" }),
      relu(),
      parallel([[batchNorm()], []], { join: "add" }),
      layers.relu6(),
      parallel([[batchNorm()], []], { join: "add" }),
    ]),
    0,
    0,
  ],
  "a sum without batch norm": [
    network("sum", [5, 5, 3], [
      conv2d({ filters: 4, kernelSize: 3 }),
      parallel([[conv2d({ filters: 4, kernelSize: 1 })], []], { join: "add" }),
      relu(),
      parallel([[], []], { join: "add" }),
      relu(),
      parallel([[conv2d({ filters: 4, kernelSize: 1 })], [], []], {
        join: "add",
      }),
      relu(),
    ]),
    0,
    0,
  ],
  "a frozen one": [
    network("frozen", [4, 4, 4], [
      conv2d({ filters: 4, kernelSize: 1, trainable: false }),
      batchNorm({ trainable: false }),
      relu(),
      parallel([[batchNorm({ trainable: false })], []], { join: "add" }),
      relu(),
      conv2d({ filters: 4, kernelSize: 1 }),
    ]),
    1,
    1,
  ],
};

for (const [name, [architecture, relus, sums]] of Object.entries(trained)) {
  Deno.test(`fused batch norm trains with the bits of one layer after the other: ${name}`, async () => {
    const { fused, plain, kernels } = await gradientsBothWays(
      "wasm",
      architecture,
    );
    const count = (kind: string) => kernels.filter((k) => k === kind).length;
    assertEquals([count(TRAINING_RELU), count(TRAINING_SUM)], [relus, sums]);
    const added = name === "a sum without batch norm" ? 2 : 0;
    assertEquals(count(ADD_RELU), added);
    fused.forEach((values, i) =>
      assertEquals([...values], [...plain[i]], `array ${i}`)
    );
    const cpu = await gradientsBothWays("cpu", architecture);
    // some of them cancel: within rounding of the largest
    const all = (arrays: typeof fused) => arrays.flatMap((one) => [...one]);
    assertClose(all(fused), all(cpu.fused), "cpu", 1e-4);
  });
}

Deno.test("a residual network that answers adds and rectifies in one pass, and learns from it", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const net = cifarResnet(8, { inputShape: [16, 16, 3] });
  const model = toLayersModel(net, { seed: 1 }), trainer = tfTrainer(model);
  const images = randomNormal([3, 16, 16, 3], 1);
  const names = await kernelsOf(() => trainer.logits(images));
  const count = (kind: string) => names.filter((one) => one === kind).length;
  assertEquals([count(ADD_RELU), count("Add"), count("Relu")], [3, 0, 0]);
  trainer.dispose();
  model.dispose();
  const [a, b, dy] = [1, 2, 3].map((seed) =>
    toTf(randomNormal([3, 41, 67], seed))
  );
  const summed = (a: Tensor, b: Tensor) =>
    tf.engine().runKernel(ADD_RELU, { a, b }) as Tensor;
  const plain = (a: Tensor, b: Tensor) => tf.relu(tf.add(a, b));
  for (const [a_, b_] of [[a, b], [tf.neg(a), a], [tf.mul(a, NaN), b]]) {
    const [found, right] = tf.tidy(() =>
      [summed, plain].map((way) =>
        [
          way(a_, b_),
          ...tf.grads(way)([a_, b_], dy),
          ...tf.grads((x: Tensor) =>
            tf.grad((x: Tensor) => tf.square(way(x, b_)))(x).square()
          )([a_]),
        ].map((one) => [...one.dataSync()])
      )
    );
    assertEquals(found, right);
  }
  tf.dispose([a, b, dy]);
});

Deno.test("a user's class of a stock layer's name is folded into nothing", async () => {
  const { tf } = await useBackend("wasm");
  const Stock = Object.getPrototypeOf(tf.layers.reLU({ name: "example" }))
    .constructor as new (config: object) => ReturnType<typeof tf.layers.reLU>;
  class Other extends Stock {
    override call(inputs: Tensor | Tensor[]) {
      return tf.mul([inputs].flat()[0], -1);
    }
  }
  const x = tf.input({ shape: [4, 4, 2] });
  const y = tf.layers.conv2d({ filters: 3, kernelSize: 3 }).apply(x);
  const model = tf.model({
    inputs: x,
    outputs: new Other({}).apply(y as SymbolicTensor) as SymbolicTensor,
  });
  const images = randomNormal([1, 4, 4, 2], 1), trainer = tfTrainer(model);
  const found = (await trainer.logits(images)).data;
  const right = tf.tidy(() =>
    (model.predict(toTf(images)) as Tensor).dataSync().slice()
  );
  assertEquals([...found], [...right]);
  assert(found.some((value) => value < 0));
  trainer.dispose();
  model.dispose();
});

Deno.test("a sum that broadcasts is no fused one", async () => {
  const { tf } = await useBackend("wasm");
  const x = tf.input({ shape: [4, 4, 3] });
  const normal = tf.layers.batchNormalization().apply(x) as SymbolicTensor;
  const mean = tf.layers.averagePooling2d({ poolSize: 4 }).apply(x);
  for (const pair of [[normal, mean], [mean, normal]]) {
    const sum = tf.layers.add().apply(pair as SymbolicTensor[]);
    const model = tf.model({
      inputs: x,
      outputs: tf.layers.reLU().apply(sum) as SymbolicTensor,
    });
    const images = toTf(randomNormal([2, 4, 4, 3], 1));
    const run = () => model.apply(images, { training: true }) as Tensor;
    const [fused, plain] = tf.tidy(() =>
      [withoutLooking(model, run), run()].map((y) => [...y.dataSync()])
    );
    assertEquals(fused, plain);
    images.dispose();
  }
});

Deno.test("fused batch norm keeps NaN, and has second gradients", async () => {
  const { tf } = await useBackend("wasm");
  const { engine } = { engine: tf.engine() };
  const given = [[2, 3, 3, 4], [4], [4], [2, 3, 3, 4]]
    .map((shape, i) => toTf(randomNormal(shape, i + 5)));
  const normal = (name: string, inputs: Record<string, Tensor>) =>
    (engine.runKernel(name, inputs, { epsilon: 1e-3 }) as unknown as Tensor[])[
      0
    ];
  const ways: [
    string,
    (list: Tensor[]) => Tensor,
    (list: Tensor[]) => Tensor,
  ][] = [
    [
      TRAINING_RELU,
      ([x, gamma, beta]) => normal(TRAINING_RELU, { x, gamma, beta }),
      ([x, gamma, beta]) => tf.relu(normal(TRAINING, { x, gamma, beta })),
    ],
    [
      TRAINING_SUM,
      ([x, gamma, beta, shortcut]) =>
        normal(TRAINING_SUM, { x, gamma, beta, shortcut }),
      ([x, gamma, beta, shortcut]) =>
        tf.relu(tf.add(normal(TRAINING, { x, gamma, beta }), shortcut)),
    ],
  ];
  for (const [name, fused, plain] of ways) {
    const count = name === TRAINING_SUM ? 4 : 3;
    const second = (way: typeof fused) =>
      tf.tidy(() => {
        const slope = tf.grad((x) => way([x, ...given.slice(1)]).square());
        return tf.grads((...list) =>
          tf.grad((x: Tensor) => way([x, ...list.slice(1)]).square())(list[0])
            .square()
        )(given.slice(0, count)).concat(slope(given[0]))
          .map((one) => [...one.dataSync()]);
      });
    const [found, expected] = [second(fused), second(plain)];
    found.forEach((values, i) =>
      assertClose(values, expected[i], `${name} ${i}`, 1e-5)
    );
    const [y, z] = tf.tidy(() => {
      const bad = tf.mul(given[1], tf.tensor1d([1, NaN, 1, -1]));
      const list = [given[0], bad, given[2], given[3]];
      return [fused(list), plain(list)].map((one) => [...one.dataSync()]);
    });
    assertEquals(y, z);
    assert(y.some(Number.isNaN) && !y.every(Number.isNaN));
  }
  tf.dispose(given);
});

Deno.test("a model that runs inside another's run takes nothing from it", async () => {
  await useBackend("wasm");
  const net = network("one", [4, 4, 1], [
    layers.conv2d({ filters: 2, kernelSize: 3 }),
    layers.relu(),
  ]);
  const [outer, inner] = [1, 2].map((seed) => toLayersModel(net, { seed }));
  const layersOf = (model: typeof outer) => model.layers.slice(-2);
  const [convolution, activation] = layersOf(outer);
  const [innerConvolution, innerActivation] = layersOf(inner);
  withoutLooking(outer, () => {
    assertEquals(foldOf(convolution, "use")?.behind.relu, activation);
    assertEquals(foldOf(convolution, "training"), undefined);
    done(activation);
    withoutLooking(inner, () => {
      assertEquals(isDone(activation), false);
      assertEquals(foldOf(innerConvolution, "use")?.last, innerActivation);
      assertEquals(foldOf(convolution, "use"), undefined);
      done(innerActivation);
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

Deno.test("what a kind says it does for others, and no kernel can, is done one after the other", async () => {
  const net = network("declared", [6, 6, 4], [
    layers.conv2d({ filters: 8, kernelSize: 3 }),
    layers.relu(),
    layers.batchNorm(),
    layers.relu6(),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ]);
  const images = randomNormal([2, 6, 6, 4], 1);
  const answers = async (name: "cpu" | "wasm") => {
    const { tf } = await useBackend(name);
    const model = toLayersModel(net, { seed: 1 });
    const others = model.getWeights().map((weight, i) =>
      tf.add(weight, 0.1 + 0.3 * (i % 3))
    );
    model.setWeights(others);
    tf.dispose(others);
    const trainer = tfTrainer(model);
    const { data } = await trainer.logits(images);
    trainer.dispose();
    model.dispose();
    return data;
  };
  const expected = await answers("cpu");
  const kind = kinds.get("conv2d") as { passes?: readonly Pass[] };
  const { passes } = kind;
  try {
    for (
      const behind of [
        ["relu", "batchNorm"],
        ["relu", "batchNorm", "relu6"],
      ]
    ) {
      kind.passes = [{ during: "use", behind: [behind] }];
      assertClose(await answers("wasm"), expected, behind.join());
    }
  } finally {
    kind.passes = passes;
  }
});
