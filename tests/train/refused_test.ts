/** What is refused leaves nothing behind, and is told by whom it was refused. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  activations,
  augmentations,
  buildNetwork,
  confusionMatrix,
  cosineSchedule,
  evaluate,
  fit,
  type FitOptions,
  gradCam,
  gradientNorms,
  initialWeights,
  type Labels,
  layers,
  linearProbe,
  meanInterval,
  network,
  occlusionMap,
  proportionInterval,
  quickAccuracy,
  randomFlip,
  randomShift,
  randomUniform,
  rankCorrelation,
  scratchTrainer,
  shiftCurve,
  sparsity,
  stepSchedule,
  type Tensor,
  tensor,
  tfTrainer,
  toLayersModel,
  useBackend,
  worstMistakes,
  zeros,
} from "cnn";
import { normalQuantile, tQuantile } from "../../lib/measure/distributions.ts";
import { columnSet, linearNetwork } from "./tiny.ts";

/** A net with batch normalisation, whose averages must not move either. */
const net = network("small", [4, 4, 2], [
  layers.conv2d({ filters: 4, kernelSize: 3, name: "conv1" }),
  layers.batchNorm({ name: "bn1" }),
  layers.relu(),
  layers.flatten(),
  layers.dense({ units: 4, name: "out" }),
]);
const good = zeros([2, 4, 4, 2]);
good.data.forEach((_, i) => good.data[i] = i % 7);
const labels = [1, 2];

const refused: [what: string, images: unknown, labels: unknown][] = [
  ["a label that is no class", good, [1, 77]],
  ["a label beyond a byte", good, Uint16Array.of(1, 258)],
  ["half a label", good, [1, 0.5]],
  ["labels in floats", good, Float32Array.of(1, 2)],
  ["no labels", good, undefined],
  ["a label too few", good, [1]],
  ["a label too many", good, [1, 2, 3]],
  ["images of another size", zeros([2, 5, 4, 2]), labels],
  ["images of other channels", zeros([2, 4, 4, 1]), labels],
  ["images without a batch", zeros([4, 4, 2]), labels],
  ["no image", zeros([0, 4, 4, 2]), []],
  ["nothing", undefined, labels],
  ["NaN", { ...good, data: good.data.map(() => NaN) }, labels],
];

for (const engine of ["wasm", "cpu"] as const) {
  Deno.test(`tfTrainer() on ${engine} keeps no tensor of what it refuses`, async (t) => {
    const { tf } = await useBackend(engine);
    for (const optimizer of ["adam", "sgd"] as const) {
      const model = toLayersModel(net, { seed: 1 });
      const trainer = tfTrainer(model, { optimizer });
      await trainer.step(good, labels); // adam makes its variables here
      for (const [what, images, given] of refused) {
        await t.step(`${optimizer}: ${what}`, async () => {
          const before = tf.memory().numTensors;
          for (const run of [trainer.step, trainer.gradients]) {
            const error = await assertRejects(
              () => run(images as Tensor, given as Labels),
            ) as Error;
            assertStringIncludes(error.message, "tfTrainer() expects");
            assertEquals(tf.memory().numTensors, before);
          }
          if (what.includes("image") || what === "nothing") {
            await assertRejects(
              () => trainer.logits(images as Tensor),
              TypeError,
              "tfTrainer() expects",
            );
            assertEquals(tf.memory().numTensors, before);
          }
        });
      }
      trainer.dispose();
      model.dispose();
    }
  });

  Deno.test(`tfTrainer() on ${engine}: refused labels move no average`, async () => {
    await useBackend(engine);
    const model = toLayersModel(net, { seed: 1 });
    const trainer = tfTrainer(model);
    const averages = () =>
      model.nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);
    const before = averages();
    await assertRejects(() => trainer.step(good, [1, 77]));
    await assertRejects(() => trainer.gradients(good, [1, 77]));
    assertEquals(averages(), before);
    trainer.dispose();
    model.dispose();
  });

  Deno.test(`tfTrainer() on ${engine} keeps no tensor when a layer throws`, async () => {
    const { tf } = await useBackend(engine);
    const model = toLayersModel(net, { seed: 1 });
    const trainer = tfTrainer(model);
    await trainer.step(good, labels);
    const before = tf.memory().numTensors;
    const out = model.getLayer("out"), call = out.call;
    out.call = () => {
      throw new Error("this layer broke");
    };
    for (const run of [trainer.step, trainer.gradients]) {
      await assertRejects(() => run(good, labels), Error, "this layer broke");
      assertEquals(tf.memory().numTensors, before);
    }
    out.call = call;
    const { loss } = await trainer.step(good, labels);
    assert(Number.isFinite(loss));
    assertEquals(tf.memory().numTensors, before);
    trainer.dispose();
    model.dispose();
  });

  Deno.test(`gradCam() and activations() on ${engine} keep no tensor of what they refuse`, async () => {
    const { tf } = await useBackend(engine);
    const model = toLayersModel(net, { seed: 1 });
    const image = zeros([1, 4, 4, 2]);
    const before = tf.memory().numTensors;
    const calls = [
      () => gradCam(model, image, { layer: "conv1", label: 4 }),
      () => gradCam(model, image, { layer: "conv9" }),
      () => gradCam(model, image, { layer: model.layers[0].name }),
      () => gradCam(model, image, { layer: "out" }),
      () => gradCam(model, zeros([1, 5, 4, 2]), { layer: "conv1" }),
      () => activations(model, "conv9", image),
      () => activations(model, "conv1", zeros([1, 4, 4, 1])),
    ];
    for (const call of calls) {
      await assertRejects(call, Error, "() expects");
      assertEquals(tf.memory().numTensors, before);
    }
    model.dispose();
  });

  for (
    const [what, groups, filters] of [
      ["depthwise", 4, 4],
      ["depthwise, two filters a channel", 4, 8],
      ["grouped", 2, 6],
    ] as const
  ) {
    Deno.test(`gradients() on ${engine} have the weights' shapes and the scratch network's numbers: ${what}`, async () => {
      await useBackend(engine);
      const architecture = network("grouped", [5, 5, 4], [
        layers.conv2d({ filters, kernelSize: 3, groups, name: "d" }),
        layers.relu(),
        layers.flatten(),
        layers.dense({ units: 3, name: "out" }),
      ]);
      const weights = initialWeights(architecture, 1);
      const images = zeros([2, 5, 5, 4]);
      images.data.forEach((_, i) => images.data[i] = (i * 7) % 5 - 2);
      const scratch = await scratchTrainer(
        buildNetwork(architecture, { weights }),
      ).gradients(images, labels);
      const model = toLayersModel(architecture, { weights });
      const trainer = tfTrainer(model);
      const found = await trainer.gradients(images, labels);
      for (const [name, { shape }] of weights) {
        assertEquals(found.get(name)!.shape, shape, name);
        const { data } = scratch.get(name)!;
        found.get(name)!.data.forEach((value, i) =>
          assert(Math.abs(value - data[i]) < 1e-4)
        );
      }
      trainer.dispose();
      model.dispose();
    });
  }
}

const set = columnSet(4);
const trainer = scratchTrainer(linearNetwork(16, 4));
const fits = (options: object) =>
  fit(trainer, set, { epochs: 1, seed: 1, ...options } as FitOptions);
const nothing = undefined as never;
const scratch = buildNetwork(net, { seed: 1 });

const messages: [call: () => unknown, message: string][] = [
  [() => fit(nothing, set, { epochs: 1, seed: 1 }), "fit() expects a trainer"],
  [
    () => fit(trainer, nothing, { epochs: 1, seed: 1 }),
    "fit() expects a set with images and labels but found undefined",
  ],
  [() => fit(trainer, set, nothing), "fit() expects a whole number of epochs"],
  [() => fits({ epochs: "1" }), 'of epochs of 1 or more but found "1"'],
  [() => fits({ seed: undefined }), "fit() expects a seed but found none"],
  [() => fits({ seed: 0.5 }), "fit() expects a whole number as the seed"],
  [() => fits({ batchSize: 0 }), "fit() expects a batchSize that is a whole"],
  [() => fits({ batchsize: 8 }), 'maxSeconds but found "batchsize"'],
  [
    () => fits({ maxSeconds: "1" }),
    'fit() expects maxSeconds above 0 but found "1"',
  ],
  [() => fits({ onProgress: 1 }), "fit() expects a function as onProgress"],
  [() => fits({ augment: "flip" }), "fit() expects a function as augment"],
  [
    () => fits({ augment: () => undefined }),
    "as the images that augment gives but found undefined: return the changed images",
  ],
  [
    () => fits({ augment: () => zeros([3, 4, 4, 1]) }),
    "fit() expects 4 images from augment but found [3, 4, 4, 1]",
  ],
  [
    () => fits({ schedule: () => NaN }),
    "fit() expects a schedule that gives numbers of 0 or more but found NaN",
  ],
  [() => fits({ validation: {} }), "fit() expects a set with images"],
  [
    () => trainer.learningRate = NaN,
    "scratchTrainer() expects a learningRate of 0 or more but found NaN",
  ],
  [() => scratchTrainer(nothing), "scratchTrainer() expects a network"],
  [
    () => scratchTrainer(linearNetwork(16, 4), { momentum: "0.9" as never }),
    'scratchTrainer() expects a momentum from 0 to below 1 but found "0.9"',
  ],
  [() => tfTrainer(nothing), "tfTrainer() expects a TensorFlow.js model"],
  [
    () => tfTrainer(scratch as never),
    "tfTrainer() expects a TensorFlow.js model",
  ],
  [() => evaluate(nothing, set), "evaluate() expects a trainer with logits()"],
  [
    () => fits({ validation: { ...set, labels: [0, 1, 2, 9] } }),
    "fit() expects labels from 0 to 3 but found 9 at place 3",
  ],
  [
    () => shiftCurve(trainer, { ...set, labels: [0, 1, 2, 9] }, [0]),
    "shiftCurve() expects labels from 0 to 3 but found 9 at place 3",
  ],
  [
    () => shiftCurve(trainer, { ...set, images: zeros([4, 16]) }, [0]),
    "shiftCurve() expects images [N, H, W, C] but found [4, 16]",
  ],
  [() => evaluate(trainer, nothing), "evaluate() expects a set with images"],
  [
    () => evaluate({ logits: () => Promise.resolve(nothing) }, set),
    "evaluate() expects a tensor as logits but found undefined",
  ],
  [() => shiftCurve(trainer, set, 3 as never), "expects a list of shifts"],
  [
    () => shiftCurve(trainer, set, ["1"] as never),
    'shiftCurve() expects whole numbers of pixels of 0 or more but found "1"',
  ],
  [
    () => meanInterval([1, 2], "0.9" as never),
    'meanInterval() expects a confidence between 0 and 1 but found "0.9"',
  ],
  [() => meanInterval(nothing), "meanInterval() expects a list of values"],
  [
    () => meanInterval(["1", 2] as never),
    'meanInterval() expects finite numbers but found "1" at place 0',
  ],
  [
    () => proportionInterval(1, 2, "0.9" as never),
    'proportionInterval() expects a confidence between 0 and 1 but found "0.9"',
  ],
  [
    () => tQuantile("0.9" as never, 2),
    'tQuantile() expects a probability between 0 and 1 but found "0.9"',
  ],
  [
    () => tQuantile(0.9, "2" as never),
    'tQuantile() expects degrees of freedom above 0 but found "2"',
  ],
  [() => normalQuantile(1), "normalQuantile() expects a probability"],
  [() => rankCorrelation(nothing, [1]), "rankCorrelation() expects a list"],
  [
    () => rankCorrelation([1, "b" as never], [1, 2]),
    'expects numbers that differ but found "b" at place 1',
  ],
  [() => sparsity(nothing), "sparsity() expects a tensor as output"],
  [() => gradientNorms({} as never), "gradientNorms() expects a Map"],
  [
    () => gradientNorms(new Map([["a", 1]]) as never),
    'tensor as the gradient "a" but found 1',
  ],
  [
    () => confusionMatrix([0], [0], nothing),
    "confusionMatrix() expects a whole number of classes",
  ],
  [
    () => confusionMatrix(nothing, [0], 2),
    "confusionMatrix() expects a list of labels",
  ],
  [
    () => worstMistakes(nothing, [0], 2),
    "worstMistakes() expects a tensor as probabilities",
  ],
  [
    () => worstMistakes(tensor([[0.5, NaN]]), [0], 2),
    "worstMistakes() expects probabilities but found NaN at place 1",
  ],
  [
    () => worstMistakes(tensor([[0.5, 0.5]]), [2], 2),
    "worstMistakes() expects classes from 0 to 1 but found 2 at place 0",
  ],
  [
    () => worstMistakes(tensor([[0.5, 0.5]]), [1], 0.5),
    "worstMistakes() expects a whole number of mistakes of 0 or more but found 0.5",
  ],
  [
    () => gradCam(nothing, zeros([1, 4, 4, 2]), { layer: "conv1" }),
    "gradCam() expects a network",
  ],
  [
    () => gradCam(scratch, nothing, { layer: "conv1" }),
    "gradCam() expects a tensor as image",
  ],
  [
    () => gradCam(scratch, zeros([1, 4, 4, 2]), nothing),
    "gradCam() expects the name of a layer but found undefined",
  ],
  [
    () => activations(nothing, "conv1", good),
    "activations() expects a network",
  ],
  [
    () => activations(scratch, "conv1", nothing),
    "activations() expects a tensor as images",
  ],
  [
    () => occlusionMap(nothing, zeros([1, 4, 4, 1])),
    "occlusionMap() expects a function",
  ],
  [
    () => occlusionMap(trainer.logits, nothing),
    "occlusionMap() expects a tensor as image",
  ],
  [
    () =>
      occlusionMap(trainer.logits, zeros([1, 4, 4, 1]), { size: 2, fill: NaN }),
    "occlusionMap() expects a number as the fill but found NaN",
  ],
  [
    () => linearProbe(nothing, good),
    "linearProbe() expects a tensor as features",
  ],
  [
    () => linearProbe(good, good, { ridge: "1" as never }),
    'a ridge of 0 or more but found "1"',
  ],
  [
    () => cosineSchedule({ warmup: "0.1" as never }),
    'warmup from 0 to below 1 but found "0.1"',
  ],
  [
    () => stepSchedule({ at: 0.5 as never }),
    "stepSchedule() expects a list of shares",
  ],
  [() => stepSchedule({ factor: "0.1" as never }), 'at most 1 but found "0.1"'],
  [
    () => quickAccuracy(net, { seeds: 1 as never }),
    "quickAccuracy() expects a list of seeds",
  ],
  [
    () => quickAccuracy(net, { seeds: [0.5] }),
    "quickAccuracy() expects a whole number as the seed",
  ],
  [
    () => quickAccuracy(net, { epochs: 0 }),
    "quickAccuracy() expects a whole number of epochs",
  ],
  [
    () => quickAccuracy(net, { train: {} as never }),
    "quickAccuracy() expects a set with images",
  ],
  [
    () => randomShift(1)(zeros([1, 2, 2, 1]), nothing),
    "randomShift() expects a stream of random numbers",
  ],
  [
    () => randomFlip()(nothing, nothing),
    "randomFlip() expects a tensor as images",
  ],
  [
    () => augmentations(randomFlip(), 2 as never),
    "augmentations() expects functions but found 2 at place 1",
  ],
];

for (const [call, message] of messages) {
  Deno.test(`it speaks for itself: ${message}`, async () => {
    const error = await assertRejects(async () => await call()) as Error;
    assert(error instanceof TypeError || error instanceof RangeError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("scratchTrainer() and tfTrainer() refuse at the call, not at the first step", () => {
  assertThrows(() => scratchTrainer({} as never), TypeError);
  assertThrows(() => tfTrainer({} as never), TypeError);
});

for (const engine of ["wasm", "cpu"] as const) {
  Deno.test(`gradCam() on ${engine}: several at once leave the model as it was`, async () => {
    const { tf } = await useBackend(engine);
    const model = toLayersModel(net, { seed: 1 });
    const images = [1, 2, 3].map((seed) =>
      randomUniform([1, ...net.inputShape], seed)
    );
    const look = (image: Tensor) => gradCam(model, image, { layer: "conv1" });
    const before = tf.memory().numTensors;
    const together = await Promise.all(images.map(look));
    for (const [i, image] of images.entries()) {
      assertEquals(await look(image), together[i]);
    }
    assertEquals(tf.memory().numTensors, before);
    model.dispose();
  });
}

Deno.test("scratchTrainer(): a batch with NaN moves no average of batch normalisation", async () => {
  const built = buildNetwork(
    network("norm", [2, 2, 1], [
      layers.batchNorm({ name: "norm" }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ]),
  );
  const images = zeros([1, 2, 2, 1]);
  images.data[3] = NaN;
  const error = await assertRejects(
    () => scratchTrainer(built).step(images, [0]),
    RangeError,
  );
  assertStringIncludes(
    error.message,
    "found NaN in channel 0: look for it in the images",
  );
  assertEquals([...built.weights.get("norm/movingMean")!.data], [0]);
  assertEquals([...built.weights.get("norm/movingVariance")!.data], [1]);
});
