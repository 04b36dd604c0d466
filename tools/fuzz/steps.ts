/** Training steps of a drawn network: planned, and with the tape. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Architecture, Layer } from "../../lib/networks/types.ts";
import { layers } from "../../lib/networks/makers.ts";
import { plan } from "../../lib/networks/plan.ts";
import { random } from "../../lib/base/random.ts";
import { useBackend } from "../../lib/engine/backend.ts";
import { toTf } from "../../lib/engine/convert.ts";
import { tfjs } from "../../lib/engine/load.ts";
import type { TrainerOptions } from "../../lib/measure/trainer.ts";
import { planning } from "../../lib/train/planned_steps.ts";
import { tfTrainer } from "../../lib/train/tf_trainer.ts";
import { type Case, numbersOf } from "./case.ts";
import { modelOf } from "./tfjs_model.ts";

/** Classes of the training. */
const CLASSES = 3;

const RECIPES: readonly TrainerOptions[] = [
  { optimizer: "adam", learningRate: 0.01 },
  { optimizer: "sgd", learningRate: 0.01 },
  { optimizer: "sgd", learningRate: 0.01, momentum: 0.9 },
  { optimizer: "adam", learningRate: 0.01, weightDecay: 0.1 },
  { optimizer: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0.1 },
];

/** What comes between two steps of a training. */
const BETWEEN = [
  "nothing",
  "nothing",
  "another batch",
  "another rate",
  "gradients",
  "weights set",
  "weights held",
  "layer frozen",
  "layers free",
  "answers",
  "another trainer",
  "stock kernels",
  "NaN",
] as const;

/** Numbers under the names of what they are; text for an error. */
type Numbers = Map<string, ArrayLike<number> | string>;

/**
 * How the planned training of a case differs from the one with the tape, or that on
 * two or four threads from that on one; undefined where all bits are the same.
 *
 * @param planned Told how many steps were planned.
 */
export async function stepsDifference(
  value: Case,
  planned = (_steps: number) => {},
): Promise<string | undefined> {
  const trained: Case = { ...value, architecture: classifier(value) };
  await useBackend("wasm", { threads: 1 });
  try {
    const taped = await train(trained, false);
    if (taped === undefined) return undefined;
    const onOne = await train(trained, true);
    planned(planning.steps);
    const wrong = unequal(onOne!, taped);
    if (wrong) return `planned, ${wrong} with the tape`;
    if (planning.steps === 0 || value.seed % THREADED !== 0) return undefined;
    for (const threads of [2, 4]) {
      await useBackend("wasm", { threads });
      const more = unequal((await train(trained, true))!, onOne!);
      if (more) return `on ${threads} threads, ${more} on one`;
    }
  } finally {
    Object.assign(planning, { on: true, patience: 16 });
  }
}

/** Every so many cases, threads are started and stopped, which takes its time. */
const THREADED = 8;

/** The network of a case, ending in logits. */
function classifier({ architecture }: Case): Architecture {
  const own = architecture.layers;
  const body = own.at(-1)!.kind === "softmax" ? own.slice(0, -1) : own;
  const flat = plan({ ...architecture, layers: body }).outputShape.length === 1;
  const ends: Layer[] = flat ? [] : [layers.flatten()];
  ends.push(layers.dense({ units: CLASSES }));
  return { ...architecture, layers: [...body, ...ends] };
}

/** Losses, weights and logits of a training; undefined where tfjs refuses the model. */
async function train(
  value: Case,
  planned: boolean,
): Promise<Numbers | undefined> {
  const { architecture, batch, seed } = value, tf = tfjs();
  const stream = random(seed ^ 0x57e9);
  const among = <T>(list: readonly T[]) => list[stream.integer(list.length)];
  const { weights } = numbersOf({ ...value, numbers: "normal" });
  const model = modelOf(architecture, { weights, seed });
  if (model === undefined) return undefined;
  Object.assign(planning, { on: planned, steps: 0, patience: 0 });
  const trainer = tfTrainer(model, among(RECIPES));
  const found: Numbers = new Map();
  const drawn = (step: number, batch: number) => ({
    images: numbersOf({ ...value, seed: seed + step, batch }).x,
    labels: Uint8Array.from({ length: batch }, () => stream.integer(CLASSES)),
  });
  try {
    for (let step = 0; step < STEPS; step++) {
      const between = step < 3 ? "nothing" : among(BETWEEN);
      const own = model.getWeights();
      const held = own.map((weight) => weight.clone());
      if (between === "weights set") {
        const others = held.map((weight) => weight.mul(0.75));
        model.setWeights(others);
        others.forEach((weight) => weight.dispose());
      }
      const numbers = held.map((weight) => weight.dataSync().slice());
      if (between !== "weights held") {
        held.forEach((weight) => weight.dispose());
      }
      if (between === "another rate") trainer.learningRate = 0.003;
      if (between === "gradients") {
        const { images, labels } = drawn(50, 2);
        for (
          const [name, { data }] of await trainer.gradients(images, labels)
        ) {
          found.set(`gradient of ${name} before step ${step + 1}`, data);
        }
      }
      if (between === "layer frozen") {
        const some = model.layers.filter((one) => one.weights.length > 0);
        if (some.length > 1) among(some.slice(0, -1)).trainable = false;
      }
      if (between === "layers free") {
        for (const layer of model.layers) layer.trainable = true;
      }
      if (between === "answers") {
        for (const turn of [60, 61, 62]) {
          const { data } = await trainer.logits(drawn(turn, 3).images);
          found.set(`answer ${turn} before step ${step + 1}`, data);
        }
      }
      if (between === "another trainer") {
        const other = tfTrainer(model, among(RECIPES));
        for (let turn = 0; turn < 3; turn++) {
          const { images, labels } = drawn(70 + turn, batch);
          const { loss } = await other.step(images, labels);
          found.set(`other loss ${turn} before step ${step + 1}`, [loss]);
        }
        other.dispose();
      }
      if (between === "stock kernels") { // they remember weights by their tensors
        const { images } = drawn(80, 2);
        const y = tf.tidy(() =>
          (model.predict(toTf(images)) as Tensor).dataSync().slice()
        );
        found.set(`predictions before step ${step + 1}`, y);
      }
      const size = between === "another batch" ? batch + 1 : batch;
      const { images, labels } = drawn(step, size);
      if (between === "NaN") images.data[0] = NaN; // an error, and the end
      const { loss, correct } = await trainer.step(images, labels);
      found.set(`loss and hits of step ${step + 1}`, [loss, correct]);
      if (between !== "weights held") continue;
      held.forEach((weight, i) => {
        found.set(`clone ${i} of step ${step + 1}`, weight.dataSync().slice());
        found.set(`clone ${i} before step ${step + 1}`, numbers[i]);
        weight.dispose();
      });
    }
    found.set("logits", (await trainer.logits(drawn(99, batch).images)).data);
  } catch (error) {
    found.set("the end", (error as Error).message);
  } finally {
    for (const weight of model.weights) {
      found.set(weight.originalName, weight.read().dataSync().slice());
    }
    trainer.dispose();
    model.dispose();
  }
  return found;
}

/** Steps of a training; the third is the first that can be planned. */
const STEPS = 7;

/** Where two trainings first have other bits, in words; any NaN is as any other. */
function unequal(found: Numbers, right: Numbers): string | undefined {
  for (const name of new Set([...right.keys(), ...found.keys()])) {
    const own = found.get(name), other = right.get(name);
    if (typeof own !== "object" || typeof other !== "object") {
      if (own === other) continue;
      return `${name} is "${own}" but "${other}"`;
    }
    for (let i = 0; i < other.length; i++) {
      if (Object.is(own[i], other[i])) continue;
      return `${name}[${i}] is ${own[i]} but ${other[i]}`;
    }
  }
}
