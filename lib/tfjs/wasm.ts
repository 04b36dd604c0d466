/**
 * Starting TensorFlow.js's WebAssembly engine: where its binaries lie, and the
 * kernels it lacks.
 *
 * @module
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Tf } from "./load.ts";
import { registerGradients } from "./gradients.ts";
import { registerConv2d } from "./kernels/conv2d.ts";
import {
  registerElementwise,
  registerIdentity,
} from "./kernels/elementwise.ts";
import { loadBinary } from "./kernels/engine.ts";
import { registerMatMul } from "./kernels/matmul.ts";
import { fuseAdam } from "./kernels/adam.ts";
import { registerRelu } from "./kernels/relu.ts";
import { registerPool } from "./kernels/pool.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";
let prepared = false;

/** Points tfjs to its .wasm files and registers our kernels, once. */
export async function prepareWasm(tf: Tf): Promise<void> {
  if (prepared) return;
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(wasmFolder());
  await loadBinary();
  registerGradients(tf);
  registerConv2d(tf);
  registerMatMul(tf);
  registerPool(tf);
  registerElementwise(tf);
  registerIdentity(tf);
  registerRelu(tf);
  fuseAdam(tf);
  prepared = true;
}

/** The folder of tfjs's .wasm files, wherever the notebook runs. */
function wasmFolder(): string {
  const entry = import.meta.resolve(PACKAGE);
  const file = entry.startsWith("file:")
    ? fileURLToPath(entry)
    : createRequire(import.meta.url).resolve(PACKAGE);
  return file.slice(
    0,
    Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")),
  ) +
    "/";
}
