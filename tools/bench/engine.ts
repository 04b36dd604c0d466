/**
 * One engine on one network, in a process of its own: reads a line
 * `{"mode", "seconds"}` and answers with `{"images", "seconds"}`.
 *
 * deno run -A tools/bench/engine.ts ENGINE NET
 *
 * @module
 */
import { TextLineStream } from "../lines.ts";
import {
  buildNetwork,
  loadTf,
  randomUniform,
  scratchTrainer,
  tfTrainer,
  toLayersModel,
  type Trainer,
  useBackend,
} from "cnn";
import { findAdapter } from "../../lib/tfjs/adapter.ts";
import { nets } from "./nets.ts";

const [engine, name] = Deno.args;
const { architecture, batch, slowBatch } = nets[name];
const size = engine === "stock cpu" ? slowBatch : batch;
const images = randomUniform([size, ...architecture.inputShape], 1);
const labels = Uint8Array.from({ length: size }, (_, i) => i % 10);

const answer = (value: unknown) => console.log(JSON.stringify(value));
try {
  const trainer = await start();
  answer({ ready: true });
  for await (const line of lines()) {
    const { mode, seconds } = JSON.parse(line);
    answer(await measure(trainer, mode, seconds));
  }
} catch (error) {
  answer({ unavailable: (error as Error).message });
}

/** The trainer of this engine. */
async function start(): Promise<Trainer> {
  if (engine === "scratch") {
    return scratchTrainer(buildNetwork(architecture, { seed: 1 }));
  }
  if (engine === "webgpu") {
    const { kind, description } = await findAdapter();
    if (kind !== "hardware") throw new Error(`no adapter: ${description}`);
  }
  if (engine === "stock wasm") await startStockWasm();
  else await useBackend(engine === "stock cpu" ? "cpu" : engine as "wasm");
  return tfTrainer(toLayersModel(architecture, { seed: 1 }));
}

/** tfjs's own wasm backend, without this library's kernels. */
async function startStockWasm(): Promise<void> {
  const tf = await loadTf();
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const module = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(new URL(".", module).pathname);
  if (!await tf.setBackend("wasm")) throw new Error("wasm did not start");
  await tf.ready();
}

/** Works for at least `seconds`, and at least one batch. */
async function measure(trainer: Trainer, mode: string, seconds: number) {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  let seen = 0;
  do {
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
