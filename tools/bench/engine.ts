/**
 * One engine on one network, in a process of its own: reads a line
 * `{"mode", "seconds"}` and answers with `{"images", "seconds"}`.
 *
 * deno run -A tools/bench/engine.ts ENGINE NET
 *
 * @module
 */
import {
  buildNetwork,
  describe,
  type Labels,
  loadMnist,
  loadTf,
  randomUniform,
  scratchTrainer,
  slice,
  type Tensor,
  tfTrainer,
  toLayersModel,
  type Trainer,
  useBackend,
} from "cnn";
import { pathOf } from "../../lib/data/files.ts";
import { findAdapter } from "../../lib/tfjs/adapter.ts";
import { TextLineStream } from "../lines.ts";
import { nets } from "./nets.ts";

/** Different batches, used in turn; torch_engine.py has the same. */
const BATCHES = 8;

interface Batch {
  readonly images: Tensor;
  readonly labels: Labels;
}

const [engine, name] = Deno.args;
const { architecture, batch, slowBatch, mnist } = nets[name];
const size = engine === "stock cpu" ? slowBatch : batch;
let turn = 0;

const answer = (value: unknown) => console.log(JSON.stringify(value));
try {
  const trainer = await start();
  const batches = await makeBatches();
  answer({ ready: true, parameters: describe(architecture).parameters });
  for await (const line of lines()) {
    const { mode, seconds } = JSON.parse(line);
    answer(await measure(trainer, batches, mode, seconds));
  }
} catch (error) {
  answer({ unavailable: (error as Error).message });
}

/** The trainer of this engine, with Adam. */
async function start(): Promise<Trainer> {
  if (engine === "scratch") {
    return scratchTrainer(buildNetwork(architecture, { seed: 1 }));
  }
  if (engine === "stock wasm") await startStockWasm();
  else if (engine === "webgpu") await startWebgpu();
  else await useBackend(engine === "stock cpu" ? "cpu" : "wasm");
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

/** The first digits of MNIST, or random pixels. */
async function makeBatches(): Promise<Batch[]> {
  const limit = size * BATCHES;
  const images = mnist
    ? undefined
    : randomUniform([limit, ...architecture.inputShape], 1);
  const set = images
    ? { images, labels: Uint8Array.from({ length: limit }, (_, i) => i % 10) }
    : await loadMnist({ limit });
  return Array.from({ length: BATCHES }, (_, i) => ({
    images: slice(set.images, i * size, (i + 1) * size),
    labels: set.labels.slice(i * size, (i + 1) * size),
  }));
}

/** Works for at least `seconds`, and at least one batch. */
async function measure(
  trainer: Trainer,
  batches: readonly Batch[],
  mode: "train" | "infer",
  seconds: number,
) {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  let seen = 0;
  do {
    const { images, labels } = batches[turn++ % BATCHES];
    if (mode === "train") await trainer.step(images, labels);
    else await trainer.logits(images);
    seen += size;
  } while (passed() < seconds);
  return { images: seen, seconds: passed() };
}

/** The lines of standard input. */
function lines(): ReadableStream<string> {
  return Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
}
