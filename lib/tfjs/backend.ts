/**
 * Which engine computes for TensorFlow.js: graphics processor, WebAssembly or
 * plain JavaScript.
 *
 * @module
 */
import { tmpdir } from "node:os";
import process from "node:process";
import { checkWord } from "../options.ts";
import { findAdapter, requireAdapter } from "./adapter.ts";
import { loadTf, type Tf } from "./load.ts";

/** The engines we use, fastest first. */
export type BackendName = "webgpu" | "wasm" | "cpu";

const NAMES: readonly BackendName[] = ["webgpu", "wasm", "cpu"];

/** The chosen engine. */
export interface Backend {
  name: BackendName;
  /** The TensorFlow.js module, ready to compute. */
  tf: Tf;
  /** Why this engine, in one sentence. */
  reason: string;
}

/**
 * Loads TensorFlow.js and chooses its engine.
 *
 * Without a name: webgpu where there is a real graphics processor, else wasm
 * where WebAssembly has SIMD, else cpu. With a name: that engine or an error.
 * The wasm engine gets the kernels that TensorFlow.js lacks there, so that
 * convolutions can be trained on it.
 *
 * @param name "webgpu", "wasm" or "cpu" to insist on one.
 * @returns The engine's name, the module `tf` and the reason for the choice.
 * @throws {TypeError} A name that is none of the three.
 * @throws {Error} The engine that was insisted on does not start here.
 *
 * @example
 * ```ts
 * import { useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { name, tf } = await useBackend("cpu");
 * assertEquals(name, tf.getBackend());
 * ```
 */
export function useBackend(name?: BackendName): Promise<Backend> {
  // tfjs has one engine at a time, and starting two at once fails: each call
  // waits for those before it, and the last one decides.
  const turn = last.then(() => choose(name));
  last = turn.catch(() => {}); // that caller is told; the next may succeed
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

async function choose(name?: BackendName): Promise<Backend> {
  if (name !== undefined) checkWord("useBackend", "name", name, NAMES);
  const tf = await loadTf();
  if (name === "cpu") return await start(tf, "cpu", "asked for");
  if (name === "wasm") {
    await requireSimd(tf);
    return await start(tf, "wasm", "asked for");
  }
  // Mesa's drivers write a notice to stderr where this is not set.
  if (process.platform === "linux") process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const adapter = await findAdapter();
  if (name === "webgpu") {
    requireAdapter(adapter);
    const note = adapter.kind === "software"
      ? `asked for; the adapter (${adapter.description}) is emulated in software and slow`
      : `asked for; the adapter is ${adapter.description}`;
    return await start(tf, "webgpu", note);
  }
  if (adapter.kind === "hardware") {
    return await start(tf, "webgpu", `the adapter is ${adapter.description}`);
  }
  const without = adapter.kind === "software"
    ? `the graphics adapter (${adapter.description}) is emulated in software`
    : adapter.description;
  return await hasSimd(tf)
    ? await start(tf, "wasm", `${without}; WebAssembly has SIMD`)
    : await start(tf, "cpu", `${without}; WebAssembly has no SIMD`);
}

async function start(
  tf: Tf,
  name: BackendName,
  reason: string,
): Promise<Backend> {
  // Loaded here and not above: each costs time, and one of them is enough.
  if (name === "wasm") await (await import("./wasm.ts")).prepareWasm(tf);
  if (name === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend(name)) {
    throw new Error(
      `useBackend() expects the engine "${name}" to start but found that it does not: leave the name out to get the fastest that works here`,
    );
  }
  await tf.ready();
  return { name, tf, reason };
}

async function hasSimd(tf: Tf): Promise<boolean> {
  await import("@tensorflow/tfjs-backend-wasm"); // defines the flag
  return typeof WebAssembly === "object" &&
    await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT") === true;
}

async function requireSimd(tf: Tf): Promise<void> {
  if (!await hasSimd(tf)) {
    throw new Error(
      `useBackend("wasm") expects WebAssembly with SIMD but found none in this JavaScript: ask for "cpu"`,
    );
  }
}
