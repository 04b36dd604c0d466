/**
 * One engine on one network, in a process of its own: reads a line
 * `{"mode", "seconds"}` and answers with `{"images", "seconds"}`.
 *
 * deno run -A tools/bench/engine.ts ENGINE NET
 */
import {
  buildNetwork,
  describe,
  fromTf,
  type Labels,
  loadMnist,
  loadTf,
  randomUniform,
  scratchTrainer,
  slice,
  type Tensor,
  tfjs,
  tfTrainer,
  toLayersModel,
  toTf,
  type Trainer,
  useBackend,
} from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";
import { pathOf } from "../../lib/data/files.ts";
import { findAdapter } from "../../lib/engine/adapter.ts";
import { linesOf } from "../lines.ts";
import { nets } from "./nets.ts";

/** Different batches, used in turn; torch_engine.py has the same. */
const BATCHES = 8;

/** Batches of one call of model.fit(), which has work to do before the first. */
const FIT_BATCHES = 32;

interface Batch {
  readonly images: Tensor;
  readonly labels: Labels;
}

const [engine, name] = Deno.args;
const { architecture, batch, slowBatch, mnist } = nets[name];
const size = engine === "stock cpu" ? slowBatch : batch;
const fits = engine.startsWith("model.fit");
let turn = 0;

const answer = (value: unknown) => console.log(JSON.stringify(value));
try {
  const trainer = await start();
  const batches = await makeBatches();
  answer({ ready: true, parameters: describe(architecture).parameters });
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { mode, seconds } = JSON.parse(line);
    answer(await measure(trainer, batches, mode, seconds));
  }
} catch (error) {
  answer({ unavailable: (error as Error).message });
}

/** The trainer of this engine, with Adam. */
async function start(): Promise<Pick<Trainer, "step" | "logits">> {
  if (engine === "scratch") {
    return scratchTrainer(buildNetwork(architecture, { seed: 1 }));
  }
  if (engine === "stock wasm") await startStockWasm();
  else if (engine === "webgpu") await startWebgpu();
  else if (engine === "stock cpu") await useBackend("cpu");
  else {
    const threads = engine.endsWith("all threads") ? undefined : 1;
    await useBackend("wasm", { threads });
  }
  if (fits) return plainTfjs();
  return tfTrainer(toLayersModel(architecture, { seed: 1 }));
}

/** tfjs's own wasm backend, without this library's kernels. */
async function startStockWasm(): Promise<void> {
  const tf = await loadTf();
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const module = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(pathOf(new URL(".", module)));
  if (!await tf.setBackend("wasm")) throw new Error("wasm did not start");
  await tf.ready();
}

/** webgpu on a graphics processor; one emulated in software says nothing. */
async function startWebgpu(): Promise<void> {
  const { kind, description } = await findAdapter();
  if (kind !== "hardware") {
    throw new Error(`no graphics processor (${description})`);
  }
  await useBackend("webgpu");
}

/** LeNet as a user of TensorFlow.js writes it, with softmax and model.fit(). */
function plainTfjs(): Pick<Trainer, "step" | "logits"> {
  const tf = tfjs();
  const { conv2d, dense, flatten, maxPooling2d } = tf.layers;
  const activation = "relu", padding = "same";
  const model = tf.sequential({
    layers: [
      conv2d({
        ...{ filters: 6, kernelSize: 5, padding, activation },
        inputShape: [28, 28, 1],
      }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 16, kernelSize: 5, activation }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 120, activation }),
      dense({ units: 84, activation }),
      dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  return {
    async step(images, labels) {
      const x = toTf(images);
      const y = tf.tidy(() => tf.oneHot(Int32Array.from(labels), 10));
      const { history } = await model.fit(x, y, {
        batchSize: size,
        verbose: 0,
        shuffle: false,
      });
      tf.dispose([x, y]);
      return { loss: history.loss[0] as number, correct: 0 };
    },
    async logits(images) {
      const x = toTf(images);
      const y = model.predict(x, { batchSize: size }) as tensorflow.Tensor;
      const result = await fromTf(y);
      tf.dispose([x, y]);
      return result;
    },
  };
}

/** The first digits of MNIST, or random pixels. */
async function makeBatches(): Promise<Batch[]> {
  const group = fits ? size * FIT_BATCHES : size;
  const limit = group * (fits ? 1 : BATCHES);
  const images = mnist
    ? undefined
    : randomUniform([limit, ...architecture.inputShape], 1);
  const set = images
    ? { images, labels: Uint8Array.from({ length: limit }, (_, i) => i % 10) }
    : await loadMnist({ limit });
  return Array.from({ length: limit / group }, (_, i) => ({
    images: slice(set.images, i * group, (i + 1) * group),
    labels: set.labels.slice(i * group, (i + 1) * group),
  }));
}

/** Works for at least `seconds`, and at least one batch. */
async function measure(
  trainer: Pick<Trainer, "step" | "logits">,
  batches: readonly Batch[],
  mode: "train" | "infer",
  seconds: number,
) {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  let seen = 0;
  do {
    const { images, labels } = batches[turn++ % batches.length];
    if (mode === "train") await trainer.step(images, labels);
    else await trainer.logits(images);
    seen += labels.length;
  } while (passed() < seconds);
  return { images: seen, seconds: passed() };
}
