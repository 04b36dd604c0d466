/**
 * Starting TensorFlow.js's WebAssembly engine: where its binaries lie, and the
 * kernels it lacks.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { readFile, tfjsFolder } from "../kernel/platform.ts";
import { fuseAdam } from "./kernels/adam.ts";
import { teachApart } from "./kernels/apart.ts";
import { registerAttention } from "./kernels/attention.ts";
import { registerConv2d } from "./kernels/conv2d.ts";
import { registerDepthwise } from "./kernels/depthwise.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { registerEmbedding } from "./kernels/embedding.ts";
import { engineOf, loadBinary, type WasmBackend } from "./kernels/engine.ts";
import { surroundKernels } from "./kernels/every_kernel.ts";
import { teachLayers } from "./kernels/layers.ts";
import { registerLoss } from "./kernels/loss.ts";
import { registerMatMul } from "./kernels/matmul.ts";
import { registerNorm } from "./kernels/norm.ts";
import { registerPadShortcut } from "./kernels/pad_shortcut.ts";
import { registerPool } from "./kernels/pool.ts";
import {
  abandonRecording,
  forgetWeights,
  record,
  unshared,
} from "./kernels/recording.ts";
import { registerReduce } from "./kernels/reduce.ts";
import { registerRowNorm } from "./kernels/row_norm.ts";
import {
  PAGE_BYTES,
  PAGES,
  withSharedMemory,
} from "./kernels/shared_memory.ts";
import { keepPlainly } from "./kernels/tape.ts";
import { fuseDescent, scale } from "./kernels/descent.ts";
import { offerRecorder } from "./planned.ts";
import { repairWasm } from "./repairs/mod.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";
const BINARY = "tfjs-backend-wasm-simd.wasm";
let preparing: Promise<void> | undefined;
let alone: string | undefined; // why there can be one thread only
let told = false;

/** Points tfjs to its .wasm files and registers our kernels, once. */
export function prepareWasm(): Promise<void> {
  return preparing ??= prepare().catch((error) => {
    preparing = undefined; // another call may succeed
    throw error;
  });
}

async function prepare(): Promise<void> {
  const binary = await sharedBinary();
  if (typeof binary === "string") {
    alone = binary;
    setWasmPaths(tfjsFolder());
  } else {
    // tfjs asks for whichever of its builds suits; this one does for all.
    const url = URL.createObjectURL(
      new Blob([binary], { type: "application/wasm" }),
    );
    const builds = ["", "-simd", "-threaded-simd"]
      .map((build) => [`tfjs-backend-wasm${build}.wasm`, url]);
    setWasmPaths(Object.fromEntries(builds), true);
  }
  await loadBinary();
  registerAttention();
  registerConv2d();
  registerDepthwise();
  registerElementwise();
  registerEmbedding();
  registerLoss();
  registerMatMul();
  registerNorm();
  registerPadShortcut();
  registerPool();
  registerReduce();
  registerRowNorm();
  fuseAdam();
  fuseDescent();
  keepPlainly();
  teachLayers();
  teachApart();
  repairWasm();
  surroundKernels(); // last: of all kernels
  offerRecorder({
    room: PAGES.maximum * PAGE_BYTES,
    record,
    unshared,
    scale,
    forget: forgetWeights,
    abandon: abandonRecording,
  });
}

/** tfjs's binary with a shared memory, or why there is none. */
async function sharedBinary(): Promise<Uint8Array<ArrayBuffer> | string> {
  if (typeof SharedArrayBuffer === "undefined") {
    return "this JavaScript has no SharedArrayBuffer";
  }
  try { // a system may have no room for the addresses
    new WebAssembly.Memory({ ...PAGES, shared: true });
  } catch (error) {
    return `there is no shared memory (${(error as Error).message})`;
  }
  return withSharedMemory(await readFile(tfjsFolder() + BINARY)) ??
    `${PACKAGE} is not the version whose memory is known here`;
}

/** Threads unless told: one a core, and not more than help. */
const MOST_THREADS = 8;

/** The most threads that whoever runs this program allows: a grader and a web page, one. */
const threadLimit = (): number =>
  (globalThis as Record<symbol, unknown>)[Symbol.for("cnn.threadLimit")] as
    | number
    | undefined ?? Infinity;

const STARTED_BEFORE =
  "TensorFlow.js's engine was started before useBackend() could share its memory";

let asked: number | undefined;

/**
 * Starts threads for tfjs's wasm engine.
 *
 * @param wanted Their number; undefined: as asked for before, else one a core.
 * @returns How many there are, and why there are fewer than asked for.
 */
export async function startThreads(
  wanted?: number,
): Promise<{ count: number; note?: string }> {
  const wish = wanted ?? asked ??
    Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  const count = Math.min(wish, threadLimit());
  const engine = engineOf(tf.backend() as unknown as WasmBackend);
  if (engine.shared) await engine.startThreads(count);
  asked = wish; // not before: where they do not start, nobody asks again
  if (engine.threads.count === wish) return { count };
  if (engine.shared || count === 1 && threadLimit() === 1) {
    return { count, note: `${count} thread: more are not allowed here` };
  }
  const note = `one thread: ${alone ?? STARTED_BEFORE}`;
  if (!told) console.log(`useBackend("wasm") computes on ${note}`);
  told = true;
  return { count: 1, note };
}
