/** More classes than a byte counts, and more than two bytes count: none wraps. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  batchesOf,
  type ImageSet,
  type Labels,
  selectImages,
} from "../../lib/data/mod.ts";
import { buildNetwork, layers, network } from "../../lib/networks/mod.ts";
import { tensor, zeros } from "../../lib/base/tensor.ts";
import { toLayersModel, useBackend } from "../../lib/engine/mod.ts";
import {
  confusionMatrix,
  evaluate,
  fit,
  gradCam,
  occlusionMap,
  scratchTrainer,
  tfTrainer,
  worstMistakes,
} from "../../lib/mod.ts";

/** Classes; one that is not the first; and what it is in too few bits. */
const cases = [
  { classes: 300, said: 259, wrapped: 3 },
  { classes: 70_000, said: 65_543, wrapped: 7 },
];

/** The same class numbers in every kind of list that holds them. */
function kinds(...labels: number[]): Labels[] {
  const lists: Labels[] = [
    labels,
    Uint32Array.from(labels),
    Int32Array.from(labels),
  ];
  const most = Math.max(...labels);
  if (most < 65_536) lists.push(Uint16Array.from(labels));
  return most < 256 ? [...lists, Uint8Array.from(labels)] : lists;
}

const setOf = (labels: Labels): ImageSet => ({
  name: "dots",
  images: tensor(Array(labels.length).fill(1), [labels.length, 1, 1, 1]),
  labels,
  classNames: [],
});

/** A network that says class `said` of an image of one pixel. */
function sayer(classes: number, said: number) {
  const parts = [
    layers.conv2d({ filters: 1, kernelSize: 1, name: "conv1" }),
    layers.flatten(),
    layers.dense({ units: classes, name: "out" }),
  ];
  const weights = new Map([
    ["conv1/kernel", tensor([1], [1, 1, 1, 1])],
    ["conv1/bias", zeros([1])],
    ["out/kernel", zeros([1, classes])],
    ["out/bias", zeros([classes])],
  ]);
  weights.get("out/kernel")!.data[said] = 1;
  return { architecture: network("sayer", [1, 1, 1], parts), weights };
}

for (const { classes, said, wrapped } of cases) {
  const net = sayer(classes, said);
  const scratch = () =>
    buildNetwork(net.architecture, { weights: net.weights });

  Deno.test(`evaluate() counts class ${wrapped} for ${said} of ${classes} as wrong`, async () => {
    const trainer = scratchTrainer(scratch());
    for (const labels of kinds(wrapped, wrapped)) {
      const { accuracy, predictions } = await evaluate(trainer, setOf(labels));
      assertEquals(accuracy, 0);
      assertEquals([...predictions], [said, said]);
    }
    for (const labels of kinds(said, wrapped)) {
      assertEquals((await evaluate(trainer, setOf(labels))).accuracy, 0.5);
    }
  });

  Deno.test(`a step of both trainers counts hits among ${classes} classes`, async () => {
    await useBackend("cpu");
    for (const [label, correct] of [[wrapped, 0], [said, 1]]) {
      for (const labels of kinds(label)) {
        const { images } = setOf(labels);
        const a = await scratchTrainer(scratch()).step(images, labels);
        const model = toLayersModel(net.architecture, { weights: net.weights });
        const trainer = tfTrainer(model);
        const b = await trainer.step(images, labels);
        trainer.dispose();
        model.dispose();
        assertEquals([a.correct, b.correct], [correct, correct]);
        assert(Math.abs(a.loss - b.loss) < 1e-4);
      }
    }
  });

  Deno.test(`fit(), batchesOf() and selectImages() hand class ${said} on`, async () => {
    for (const labels of kinds(said, wrapped, classes - 1)) {
      const set = setOf(labels);
      assertEquals([...selectImages(set, [2, 0]).labels], [classes - 1, said]);
      const batches = [...batchesOf(set, { batchSize: 2 })];
      assertEquals([...batches[0].labels], [said, wrapped]);
      assertEquals([...batches[1].labels], [classes - 1]);
      const seen: number[] = [];
      await fit(
        {
          logits: () => Promise.reject(),
          step: (_images, given) => {
            seen.push(...given);
            return Promise.resolve({ loss: 1, correct: 0 });
          },
        },
        set,
        { epochs: 1, seed: 1 },
      );
      assertEquals(
        seen.sort((a, b) => a - b),
        [wrapped, said, classes - 1],
      );
    }
  });

  Deno.test(`worstMistakes(), occlusionMap() and gradCam() name class ${said}`, async () => {
    await useBackend("cpu");
    const { probabilities, predictions } = await evaluate(
      scratchTrainer(scratch()),
      setOf([said, wrapped]),
    );
    const mistakes = worstMistakes(probabilities, [said, wrapped], 9);
    assertEquals(mistakes.map((m) => [m.index, m.label, m.prediction]), [
      [1, wrapped, said],
    ]);
    assertEquals(worstMistakes(probabilities, predictions, 9), []);
    const image = tensor([1], [1, 1, 1, 1]);
    const { label } = await occlusionMap(
      (x) => scratch().forward(x),
      image,
      { size: 1, stride: 1 },
    );
    assertEquals(label, said);
    const model = toLayersModel(net.architecture, { weights: net.weights });
    for (const either of [scratch(), model]) {
      const found = await gradCam(either, image, { layer: "conv1" });
      assertEquals(found.label, said);
    }
    model.dispose();
  });
}

Deno.test("confusionMatrix() counts pairs of 300 classes, and refuses what no memory holds", () => {
  const counts = confusionMatrix([259, 3], Uint16Array.of(259, 259), 300);
  assertEquals(counts.data[259 * 300 + 259], 1);
  assertEquals(counts.data[3 * 300 + 259], 1);
  assertThrows(
    () => confusionMatrix([0], [0], 70_000),
    RangeError,
    "confusionMatrix() expects a whole number of classes from 1 to 16384 but found 70000",
  );
});

const unfit: [what: unknown, error: ErrorConstructor, message: string][] = [
  [Float32Array.of(1, 2), TypeError, "expects labels in a Uint8Array"],
  [new BigInt64Array(2), TypeError, "but found BigInt64Array"],
  ["12", TypeError, 'but found "12"'],
  [{ length: 2 }, TypeError, "but found an object"],
  [[1, -1], RangeError, "whole numbers of 0 or more but found -1 at place 1"],
  [[1.5, 1], RangeError, "but found 1.5 at place 0"],
  [[NaN, 1], RangeError, "but found NaN at place 0"],
  [[1, 2 ** 32], RangeError, "but found 4294967296 at place 1"],
  [["1", 1], RangeError, 'but found "1" at place 0'],
  [Int32Array.of(0, -3), RangeError, "but found -3 at place 1"],
  [[1, 2, 3], TypeError, "and 3 labels"],
];

for (const [labels, error, message] of unfit) {
  const shown = Deno.inspect(labels);
  Deno.test(`no function takes ${shown} as labels of two images`, async () => {
    const set = { ...setOf([0, 0]), labels: labels as Labels };
    const trainer = scratchTrainer(buildNetwork(
      sayer(4, 0).architecture,
      { seed: 1 },
    ));
    assertThrows(() => batchesOf(set), error, message);
    assertThrows(() => selectImages(set, [0]), error, message);
    const options = { epochs: 1, seed: 1 };
    await assertRejects(() => fit(trainer, set, options), error, message);
    await assertRejects(() => evaluate(trainer, set), error, message);
    for (const run of [trainer.step, trainer.gradients]) {
      await assertRejects(
        () => run(set.images, set.labels),
        error,
        message,
      );
    }
  });
}

Deno.test("a label outside the network's classes is refused, also beyond a byte", async () => {
  const { architecture } = sayer(300, 0);
  const trainer = scratchTrainer(buildNetwork(architecture, { seed: 1 }));
  for (const labels of kinds(300)) {
    for (
      const run of [
        () => evaluate(trainer, setOf(labels)),
        () => trainer.step(setOf(labels).images, labels),
      ]
    ) {
      await assertRejects(
        run,
        RangeError,
        "expects labels from 0 to 299 but found 300 at place 0",
      );
    }
  }
});
