/** The memory that describe() tells against what TensorFlow.js and its recordings take. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Architecture,
  cifarResnet,
  describe,
  layers,
  lenet,
  mlp,
  network,
  randomUniform,
  smallInception,
  smallVgg,
  smallVit,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";
import { sizeOf } from "../../lib/base/tensor.ts";
import {
  offerRecorder,
  type Recorded,
  recorder,
} from "../../lib/engine/planned.ts";

const { tf } = await useBackend("wasm", { threads: 1 });

/** Bytes of the tensors that are put into wasm's memory while `work` runs, at most. */
async function peak(work: () => Promise<unknown>): Promise<number> {
  const backend = tf.backend() as unknown as Record<
    "move" | "disposeData",
    (...given: unknown[]) => unknown
  >;
  const { move, disposeData } = backend;
  const alive = new Map<unknown, number>();
  let now = 0, most = 0;
  Object.assign(backend, {
    move(...given: [id: unknown, values: unknown, shape: number[]]) {
      alive.set(given[0], 4 * sizeOf(given[2]));
      now += 4 * sizeOf(given[2]);
      most = Math.max(most, now);
      return move.apply(backend, given);
    },
    disposeData(...given: unknown[]) {
      const gone = disposeData.apply(backend, given);
      if (gone) now -= alive.get(given[0]) ?? 0;
      if (gone) alive.delete(given[0]);
      return gone;
    },
  });
  try {
    await work();
  } finally {
    Object.assign(backend, { move, disposeData });
  }
  return most;
}

/** Measured bytes in a planned step and in use, at most. */
async function measured(architecture: Architecture, batchSize: number) {
  const wasm = recorder()!;
  let recorded: Recorded | undefined;
  offerRecorder({
    ...wasm,
    record: (...given) => recorded = wasm.record(...given),
  });
  const before = tf.memory().numBytes;
  const model = toLayersModel(architecture, { seed: 1 });
  const trainer = tfTrainer(model);
  try {
    const images = randomUniform([batchSize, ...architecture.inputShape], 1);
    const labels = new Uint8Array(batchSize);
    const weights = tf.memory().numBytes - before;
    const answer = weights + await peak(() => trainer.logits(images));
    await trainer.step(images, labels); // makes what the optimizer keeps
    const lasting = tf.memory().numBytes - before;
    await trainer.step(images, labels);
    assertEquals(recorded!.why, undefined);
    const apart = await peak(() => trainer.step(images, labels)); // dropout's
    return {
      training: lasting + recorded!.bytes + apart,
      answer,
    };
  } finally {
    offerRecorder(wasm);
    trainer.dispose();
    model.dispose();
  }
}

const dropping = network("dropping", [16, 16, 3], [
  layers.conv2d({ filters: 16, kernelSize: 3, padding: "same" }),
  layers.relu(),
  layers.dropout({ rate: 0.3 }),
  layers.conv2d({ filters: 16, kernelSize: 3, padding: "same" }),
  layers.relu(),
  layers.dropout({ rate: 0.5 }),
  layers.flatten(),
  layers.dense({ units: 5 }),
]);
const clipped = network("clipped", [16, 16, 3], [
  ...[8, 16, 16].flatMap((filters) => [
    layers.conv2d({ filters, kernelSize: 3, padding: "same" }),
    layers.relu6(),
  ]),
  layers.flatten(),
  layers.dense({ units: 5 }),
]);
const frozen = network("half frozen", [16, 16, 3], [
  layers.sequence([
    layers.conv2d({ filters: 8, kernelSize: 3, padding: "same" }),
    layers.batchNorm(),
    layers.relu(),
    layers.conv2d({ filters: 8, kernelSize: 3, padding: "same" }),
    layers.batchNorm(),
    layers.relu(),
  ], { name: "body", trainable: false }),
  layers.flatten(),
  layers.dense({ units: 5 }),
]);

for (
  const [name, architecture] of Object.entries({
    lenet: lenet(),
    smallVgg: smallVgg(),
    resnet8: cifarResnet(8),
    smallVit: smallVit(),
    smallInception: smallInception(),
    mlp: mlp(),
    resnet8Plain: cifarResnet(8, { batchNorm: false }),
    frozen,
    dropping,
    clipped,
  })
) {
  Deno.test(`describe() estimates the memory of ${name}`, async () => {
    for (const batchSize of [16, 64]) {
      const { memory } = describe(architecture, architecture.inputShape, {
        batchSize,
      });
      const found = await measured(architecture, batchSize);
      // as the doc comment tells
      const training = found.training / memory!.training;
      assert(training > 0.95 && training < 4 / 3, `training: ${training}`);
      const answer = found.answer / memory!.answer;
      assert(answer > 0.8 && answer < 1.2, `answer: ${answer}`);
    }
  });
}

Deno.test("describe() tells the memory of a network as worked out by hand", () => {
  const net = network("small", [4, 4, 2], [
    layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }),
    layers.relu(),
    layers.parallel([layers.avgPool2d({ poolSize: 4 }), [
      layers.conv2d({ filters: 5, kernelSize: 4, trainable: false }),
    ]], { join: "concat" }),
    layers.flatten(),
    layers.dense({ units: 7 }),
  ]);
  const batchSize = 10,
    { rows, memory } = describe(net, undefined, {
      batchSize,
    });
  // conv, relu, the two branches, their join, flatten, dense
  const each = [48, 48, 3, 5, 8, 0, 7];
  assertEquals(rows.map((row) => row.activations), each.map((n) => 40 * n));
  const moved = 9 * 2 * 3 + 3 + 8 * 7 + 7, still = 16 * 3 * 5 + 5;
  const all = each.reduce((a, b) => a + b), input = 32;
  assertEquals(memory, {
    batchSize,
    weights: 4 * (moved + still),
    activations: 40 * all,
    // weights, gradients, Adam's two moments; activations and their gradients
    training: 4 * (4 * moved + still) + 40 * (input + 2 * all),
    // the ReLU's output, both branches and their join: less than input and ReLU
    answer: 4 * (moved + still) + 40 * (input + 48 + 3 + 5 + 8),
  });
});

Deno.test("describe() tells memory only of a batch, and shows it in a column", () => {
  const shown = (...given: Parameters<typeof describe>) => {
    const description = describe(...given);
    const name = Symbol.for("Jupyter.display") as unknown as "name";
    const display = description[name] as unknown as () => Record<
      string,
      string
    >;
    return { description, bundle: display() };
  };
  const plain = shown(lenet());
  assertEquals("memory" in plain.description, false);
  assert(plain.description.rows.every((row) => !("activations" in row)));
  for (const text of Object.values(plain.bundle)) {
    assertEquals(text.match(/activations|batch/), null);
  }
  const { bundle } = shown(lenet(), undefined, { batchSize: 64 });
  for (const text of Object.values(bundle)) {
    // 28 * 28 * 6 * 4 * 64 bytes of the first layer
    for (const part of ["batch of 64: training", "activations", "1.15 MiB"]) {
      assertStringIncludes(text, part);
    }
  }
});

Deno.test("describe() refuses a batch size that is none", () => {
  for (const batchSize of [0, 1.5, "8"]) {
    assertThrows(
      () => describe(lenet(), undefined, { batchSize: batchSize as number }),
      Error,
      "describe() expects",
    );
  }
});
