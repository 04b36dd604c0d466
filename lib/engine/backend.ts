/**
 * Which engine computes for TensorFlow.js: graphics processor, WebAssembly or
 * plain JavaScript.
 *
 * @module
 */
import { checkWord, settle, shown } from "../base/options.ts";
import { quietDrivers } from "../kernel/platform.ts";
import { findAdapter, requireAdapter } from "./adapter.ts";
import { loadTf, recover, type Tf, tfjs } from "./load.ts";

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
  /** Threads that compute: 1 but for wasm. */
  threads: number;
}

/** Options of {@link useBackend}. */
export interface BackendOptions {
  /**
   * Threads of the wasm engine, 1 to 64. Unless told: as many as the processor
   * has cores, 8 at most; a later call without it leaves their number as it is.
   */
  threads?: number;
}

/**
 * Loads TensorFlow.js and chooses its engine.
 *
 * Without a name: webgpu where there is a real graphics processor, else wasm
 * where WebAssembly has SIMD, else cpu. With a name: that engine or an error.
 * The wasm engine gets the kernels that TensorFlow.js lacks there, so that
 * convolutions can be trained on it.
 *
 * On wasm our kernels compute on several threads. Results are the same, bit for
 * bit, for any number of them. Where this JavaScript cannot share memory between
 * threads, one computes, and a line says why.
 *
 * @param name "webgpu", "wasm" or "cpu" to insist on one.
 * @param options threads = the processor's cores, 8 at most (wasm only).
 * @returns The engine's name, the module `tf`, the reason for the choice and the
 * number of threads.
 * @throws {TypeError} A name that is none of the three, an unknown option, or
 * threads for another engine than wasm.
 * @throws {RangeError} Threads that are no whole number from 1 to 64.
 * @throws {Error} The engine that was insisted on does not start here.
 *
 * @example
 * ```ts
 * import { useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { name, tf } = await useBackend("cpu");
 * assertEquals(name, tf.getBackend());
 * assertEquals((await useBackend("wasm", { threads: 1 })).threads, 1);
 * ```
 */
export function useBackend(
  name?: BackendName,
  options?: BackendOptions,
): Promise<Backend> {
  // tfjs has one engine at a time, and starting two at once fails: each call
  // waits for those before it, and the last one decides.
  const turn = last.then(() => choose(name, options));
  last = turn.catch(() => {}); // that caller is told; the next may succeed
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

async function choose(
  name?: BackendName,
  options?: BackendOptions,
): Promise<Backend> {
  if (name !== undefined) checkWord("useBackend", "name", name, NAMES);
  const { threads } = settle("useBackend", options, { threads: undefined });
  checkThreads(name, threads);
  await loadTf();
  recover();
  if (name === "cpu") return await start("cpu", "asked for");
  if (name === "wasm") {
    if (!await hasSimd()) {
      throw new Error(
        `useBackend("wasm") expects WebAssembly with SIMD but found none in this JavaScript: ask for "cpu"`,
      );
    }
    return await start("wasm", "asked for", threads);
  }
  quietDrivers();
  const adapter = await findAdapter();
  if (name === "webgpu") {
    requireAdapter(adapter);
    const note = adapter.kind === "software"
      ? `asked for; the adapter (${adapter.description}) is emulated in software and slow`
      : `asked for; the adapter is ${adapter.description}`;
    return await start("webgpu", note);
  }
  if (adapter.kind === "hardware") {
    return await start("webgpu", `the adapter is ${adapter.description}`);
  }
  const without = adapter.kind === "software"
    ? `the graphics adapter (${adapter.description}) is emulated in software`
    : adapter.description;
  return await hasSimd()
    ? await start("wasm", `${without}; WebAssembly has SIMD`, threads)
    : await start("cpu", `${without}; WebAssembly has no SIMD`);
}

function checkThreads(name: BackendName | undefined, threads: unknown): void {
  if (threads === undefined) return;
  if (name === "cpu" || name === "webgpu") {
    throw new TypeError(
      `useBackend() expects threads only for "wasm" but found them for "${name}": leave them out`,
    );
  }
  const count = Number.isInteger(threads) ? Number(threads) : 0;
  if (count < 1 || count > 64) {
    throw new RangeError(
      `useBackend() expects threads to be a whole number from 1 to 64 but found ${
        shown(threads)
      }: leave it out to get one for each core, 8 at most`,
    );
  }
}

async function start(
  name: BackendName,
  reason: string,
  threads?: number,
): Promise<Backend> {
  const tf = tfjs();
  // Loaded here and not above: each costs time, and one of them is enough.
  const wasm = name === "wasm" ? await import("./wasm.ts") : undefined;
  if (wasm) await wasm.prepareWasm();
  if (name === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend(name)) {
    throw new Error(
      `useBackend() expects the engine "${name}" to start but found that it does not: leave the name out to get the fastest that works here`,
    );
  }
  await tf.ready();
  if (!wasm) return { name, tf, reason, threads: 1 };
  const { count, note } = await wasm.startThreads(threads);
  const why = note ? `${reason}; ${note}` : reason;
  return { name, tf, reason: why, threads: count };
}

async function hasSimd(): Promise<boolean> {
  await import("@tensorflow/tfjs-backend-wasm"); // defines the flag
  return typeof WebAssembly === "object" &&
    await tfjs().env().getAsync("WASM_HAS_SIMD_SUPPORT") === true;
}
