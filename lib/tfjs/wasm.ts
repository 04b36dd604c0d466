/**
 * Starting TensorFlow.js's WebAssembly engine: where its binaries lie, and the
 * kernels it lacks.
 *
 * @module
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Tf } from "./load.ts";
import { fuseAdam } from "./kernels/adam.ts";
import { registerConv2d } from "./kernels/conv2d.ts";
import { registerDepthwise, registerSegmentSum } from "./kernels/depthwise.ts";
import {
  registerCast,
  registerClip,
  registerElementwise,
  registerIdentity,
} from "./kernels/elementwise.ts";
import { loadBinary } from "./kernels/engine.ts";
import { teachLayers } from "./kernels/layers.ts";
import { registerMatMul } from "./kernels/matmul.ts";
import { registerNorm } from "./kernels/norm.ts";
import { registerPool } from "./kernels/pool.ts";
import { registerReduce } from "./kernels/reduce.ts";
import { registerRelu } from "./kernels/relu.ts";
import { repairWasm } from "./repairs/mod.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";
let preparing: Promise<void> | undefined;

/** Points tfjs to its .wasm files and registers our kernels, once. */
export function prepareWasm(tf: Tf): Promise<void> {
  return preparing ??= prepare(tf).catch((error) => {
    preparing = undefined; // another call may succeed
    throw error;
  });
}

async function prepare(tf: Tf): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(wasmFolder());
  await loadBinary();
  for (
    const register of [
      registerCast,
      registerClip,
      registerConv2d,
      registerDepthwise,
      registerElementwise,
      registerIdentity,
      registerMatMul,
      registerNorm,
      registerPool,
      registerReduce,
      registerRelu,
      registerSegmentSum,
      fuseAdam,
      teachLayers,
      repairWasm,
    ]
  ) register(tf);
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
