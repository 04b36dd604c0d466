/** Answers that are planned against those that are not: the same bits, whatever comes between them. */
import { assertEquals } from "@std/assert";
import type { Tensor } from "@tensorflow/tfjs";
import {
  type Architecture,
  cifarResnet,
  efficientNetLite0,
  evaluate,
  fit,
  layers,
  lenet,
  network,
  randomUniform,
  smallVit,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";
import { offerRecorder, recorder } from "../../lib/engine/planned.ts";
import { planning } from "../../lib/train/planned_steps.ts";
import { bits, tearOut } from "./bits.ts";
import { columnSet } from "./tiny.ts";

const { tf } = await useBackend("wasm", { threads: 1 });

type Trained = {
  model: ReturnType<typeof toLayersModel>;
  trainer: ReturnType<typeof tfTrainer>;
  step(seed: number): Promise<void>;
  answer(seed: number, batch?: number): Promise<void>;
};

/** What a course answers, and how many answers were planned; every one may be. */
async function answers(
  net: Architecture,
  course: (trained: Trained) => Promise<void>,
  on: boolean,
) {
  Object.assign(planning, { on, answers: 0, patience: 0 });
  const model = toLayersModel(net, { seed: 1 }), trainer = tfTrainer(model);
  const found: number[][] = [];
  const images = (seed: number, batch: number) =>
    randomUniform([batch, ...net.inputShape], seed);
  try {
    await course({
      model,
      trainer,
      async step(seed) {
        const labels = Uint8Array.from({ length: 6 }, (_, i) => i % 3);
        await trainer.step(images(seed, 6), labels);
      },
      async answer(seed, batch = 5) {
        const { shape, data } = await trainer.logits(images(seed, batch));
        found.push([...shape, ...bits(data)]);
      },
    });
    return { found, planned: planning.answers };
  } finally {
    trainer.dispose();
    model.dispose();
    Object.assign(planning, { on: true, patience: 16 });
  }
}

async function assertSame(
  net: Architecture,
  course: (trained: Trained) => Promise<void>,
  planned: number,
) {
  const plain = await answers(net, course, false);
  assertEquals(plain.planned, 0);
  assertEquals(await answers(net, course, true), {
    found: plain.found,
    planned,
  });
}

const { batchNorm, conv2d, dense, dropout, flatten, relu } = layers;
const dropping = network("dropping", [6, 6, 2], [
  conv2d({ filters: 8, kernelSize: 3, useBias: false }),
  batchNorm(),
  relu(),
  dropout({ rate: 0.5 }),
  flatten(),
  dense({ units: 3 }),
]);

for (
  const [name, net] of Object.entries({
    LeNet: lenet({ inputShape: [16, 16, 1] }),
    "ResNet-8": cifarResnet(8, { inputShape: [12, 12, 3] }),
    "EfficientNet-Lite0": efficientNetLite0({
      inputShape: [32, 32, 3],
      classes: 3,
    }),
    "small ViT": smallVit({ heads: 2 }),
    dropping,
  })
) {
  Deno.test(`planned answers have the bits of others, also after training: ${name}`, () =>
    assertSame(net, async ({ answer, step }) => {
      for (let seed = 0; seed < 3; seed++) await answer(seed);
      for (let seed = 0; seed < 4; seed++) await step(seed);
      for (let seed = 3; seed < 6; seed++) await answer(seed);
      await step(4); // planned: the weights stay where they are
      await answer(6);
      await answer(6, 3);
      await answer(7);
    }, 2 + 2 + 2));
}

Deno.test("planned answers have the same bits on 1, 2 and 4 threads", async () => {
  const net = cifarResnet(8, { inputShape: [16, 16, 3] });
  const found = [];
  for (const threads of [1, 2, 4]) {
    await useBackend("wasm", { threads });
    found.push(
      await answers(net, async ({ answer }) => {
        for (let seed = 0; seed < 3; seed++) await answer(seed, 20);
      }, true),
    );
  }
  await useBackend("wasm", { threads: 1 });
  assertEquals(found[0].planned, 2);
  assertEquals(found[1], found[0]);
  assertEquals(found[2], found[0]);
});

Deno.test("settings that change, and a call that a user gives a layer, count from then on", () =>
  assertSame(dropping, async ({ answer, model }) => {
    const [, , norm, rectifier] = model.layers;
    for (let seed = 0; seed < 3; seed++) await answer(seed);
    Object.assign(norm, { epsilon: 0.1 });
    for (let seed = 3; seed < 5; seed++) await answer(seed);
    let calls = 0;
    Object.assign(rectifier, { call: ([x]: Tensor[]) => tf.mul(x, ++calls) });
    for (let seed = 5; seed < 7; seed++) await answer(seed);
    assertEquals(calls, 2);
  }, 2 + 1 + 1));

Deno.test("weights that are set, held or disposed are those that answer", () =>
  assertSame(dropping, async ({ answer, model, trainer }) => {
    await answer(0);
    await answer(1);
    const held = model.getWeights().map((weight) => weight.clone());
    await answer(2);
    const half = held.map((weight) => tf.mul(weight, 0.5));
    model.setWeights(half);
    tf.dispose([held, half]);
    for (let seed = 3; seed < 6; seed++) await answer(seed);
    const other = toLayersModel(dropping, { seed: 2 });
    const second = tfTrainer(other);
    for (let turn = 0; turn < 3; turn++) {
      await second.logits(randomUniform([5, 6, 6, 2], turn));
      await answer(6 + turn);
    }
    second.dispose();
    other.dispose();
    trainer.dispose(); // the model can still be asked
    await answer(9);
  }, 3));

Deno.test("a plan stays while last parts are smaller, and gives way to what is asked now", () =>
  assertSame(dropping, async ({ answer }) => {
    for (let seed = 0; seed < 6; seed++) {
      await answer(seed);
      await answer(seed, 2);
    }
    for (let seed = 0; seed < 12; seed++) await answer(seed, 3);
  }, 5 + 2));

Deno.test("planned answers give their memory back", async () => {
  const backend = tf.backend() as unknown as { numDataIds(): number };
  const count = () => [
    tf.memory().numTensors,
    tf.memory().numDataBuffers,
    backend.numDataIds(),
  ];
  const course = async ({ answer, step }: Trained) => {
    for (let seed = 0; seed < 3; seed++) await answer(seed);
    for (let seed = 0; seed < 4; seed++) await step(seed);
    await answer(3);
    await answer(4, 2);
  };
  await answers(dropping, course, true);
  const before = count();
  await answers(dropping, course, true);
  assertEquals(count(), before);
});

Deno.test("what is no number, or is no answer to the image, is not planned", async () => {
  Object.assign(planning, { answers: 0, patience: 0 });
  const x = tf.input({ shape: [2, 2, 1] });
  class Largest extends tf.layers.Layer {
    static className = "Largest";
    override computeOutputShape = ([n]: number[]) => [n, 1];
    override call(inputs: typeof tf.Tensor.prototype[]) {
      return tf.tidy(() =>
        tf.argMax(tf.reshape([inputs].flat()[0], [-1, 4]), 1).expandDims(1)
      );
    }
  }
  const rows = new Largest({}).apply(x) as typeof x;
  for (const outputs of [rows, tf.layers.flatten().apply(x) as typeof x]) {
    const model = tf.model({ inputs: x, outputs });
    const trainer = tfTrainer(model);
    for (let seed = 0; seed < 4; seed++) {
      const images = randomUniform([3, 2, 2, 1], seed);
      const { data } = await trainer.logits(images);
      const right = outputs === rows
        ? [0, 1, 2].map((n) => {
          const row = [...images.data.slice(4 * n, 4 * n + 4)];
          return row.indexOf(Math.max(...row));
        })
        : [...images.data];
      assertEquals([...data], right);
    }
    trainer.dispose();
  }
  planning.patience = 16;
});

Deno.test("a plan that is refused, or would keep too much memory, gives it back at once", async () => {
  const wasm = recorder()!, most = 128 * 2 ** 20;
  const backend = tf.backend() as unknown as { numDataIds(): number };
  for (
    const [told, planned] of [
      [{ bytes: most }, 2],
      [{ bytes: most + 1 }, 0],
      [{ why: "told so" }, 0],
    ] as const
  ) {
    const record: typeof wasm.record = (...given) => {
      const recorded = wasm.record(...given);
      for (const [name, value] of Object.entries(told)) {
        Object.defineProperty(recorded, name, { value });
      }
      return recorded;
    };
    offerRecorder({ ...wasm, record });
    try {
      await assertSame(dropping, async ({ answer }) => {
        const before = backend.numDataIds();
        for (let seed = 0; seed < 3; seed++) {
          await answer(seed);
          if (planned === 0) assertEquals(backend.numDataIds(), before);
        }
      }, planned);
    } finally {
      offerRecorder(wasm);
    }
  }
});

Deno.test("an interrupt while answers are planned leaves a trainer that goes on", async () => {
  const net = cifarResnet(8, { inputShape: [16, 16, 3] });
  const model = toLayersModel(net, { seed: 1 }), trainer = tfTrainer(model);
  const images = randomUniform([16, 16, 16, 3], 1);
  const right = bits((await trainer.logits(images)).data);
  planning.patience = 0;
  await useBackend("wasm", { threads: 2 });
  for (let turn = 0; turn < 12; turn++) {
    tearOut(() => trainer.logits(images), 1 + 2 * turn);
    assertEquals(bits((await trainer.logits(images)).data), right);
    if (turn % 3 === 2) { // another plan
      await trainer.logits(randomUniform([2 + turn, 16, 16, 3], 1));
    }
  }
  await useBackend("wasm", { threads: 1 });
  planning.patience = 16;
  trainer.dispose();
  model.dispose();
});

Deno.test("evaluate() and fit() plan their answers once they pay", async () => {
  const net = network("fit", [4, 4, 1], [flatten(), dense({ units: 4 })]);
  const course = async (on: boolean) => {
    Object.assign(planning, { on, answers: 0, patience: 3 });
    const model = toLayersModel(net, { seed: 1 }), trainer = tfTrainer(model);
    const set = columnSet(36), options = { epochs: 6, batchSize: 12, seed: 1 };
    const { validation } = await fit(trainer, set, {
      ...options,
      validation: set,
    });
    const { loss } = await evaluate(trainer, set);
    trainer.dispose();
    model.dispose();
    Object.assign(planning, { on: true, patience: 16 });
    return { found: bits([...validation.map(({ loss }) => loss), loss]) };
  };
  const planned = await course(true);
  assertEquals(planning.answers, 3); // three of seven are not, and one is recorded
  assertEquals(planned, await course(false));
});
