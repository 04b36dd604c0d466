/** The line before a step that wasm has no memory for. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Architecture,
  describe,
  lenet,
  resnet,
  tfTrainer,
  toLayersModel,
  type TrainerOptions,
  useBackend,
  vgg,
  zeros,
} from "cnn";
import { offerRecorder, recorder } from "../../lib/engine/planned.ts";

const { tf } = await useBackend("wasm", { threads: 1 });

/** What is printed in steps of so many images, where wasm has so much memory. */
async function printed(
  room: number,
  batches: readonly number[],
  options: TrainerOptions = {},
  model = toLayersModel(lenet()),
): Promise<string[]> {
  const wasm = recorder()!, lines: string[] = [];
  const { log } = console;
  const trainer = tfTrainer(model, options);
  offerRecorder({ ...wasm, room });
  console.log = (line) => void lines.push(line);
  try {
    for (const batch of batches) {
      await trainer.step(zeros([batch, 28, 28, 1]), new Uint8Array(batch));
    }
  } finally {
    console.log = log;
    offerRecorder(wasm);
    trainer.dispose();
    model.dispose();
  }
  return lines;
}

const trainingOf = (batchSize: number) =>
  describe(lenet(), [28, 28, 1], { batchSize }).memory!.training;

Deno.test("a training that does not fit is told once, with what fits", async () => {
  const room = trainingOf(5);
  const lines = await printed(room, [5, 3, 6, 8, 6]);
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0],
    /^tfTrainer\(\) expects a step that fits into the .* but found one of about .*, for 6 images \[28, 28, 1\], .*: take a batchSize of 5 or less, or smaller images$/,
  );
  assertEquals(await printed(room - 1, [4]), []);
  assertMatch((await printed(room - 1, [5]))[0], /a batchSize of 4 or less/);
});

Deno.test("a network that no batch fits is told so", async () => {
  const [line] = await printed(trainingOf(1) - 1, [1]);
  assertMatch(line, /: take smaller images, or a smaller network$/);
});

Deno.test("the optimizer's own numbers count: Adam's two, momentum's one", async () => {
  const room = trainingOf(4);
  const each = 4 * describe(lenet()).parameters;
  const sgd = { optimizer: "sgd", learningRate: 1e-3 } as const;
  assertEquals((await printed(room - each, [4])).length, 1);
  const momentum = { ...sgd, momentum: 0.9 };
  assertEquals(await printed(room - each, [4], momentum), []);
  assertEquals((await printed(room - each - 1, [4], momentum)).length, 1);
  assertEquals(await printed(room - 2 * each, [4], sgd), []);
  assertEquals((await printed(room - 2 * each - 1, [4], sgd)).length, 1);
});

Deno.test("nothing is told of a model from elsewhere", async () => {
  const own = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ units: 10 }),
    ],
  });
  assertEquals(await printed(1, [2], {}, own), []);
});

Deno.test("wasm has 4 GiB: ResNet-18 on 32 photos fits, VGG-16 on 64 does not", () => {
  const needs = (net: Architecture, batchSize: number) =>
    describe(net, undefined, { batchSize }).memory!.training;
  assertEquals(recorder()!.room, 4 * 2 ** 30);
  assert(needs(resnet(18), 32) < recorder()!.room);
  assert(needs(vgg(16), 64) > recorder()!.room);
});
