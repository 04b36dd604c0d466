/**
 * How near single products come to what one core can do with vectors of 128 bits,
 * WebAssembly's width: shares of the limit, as JSON. In a fresh process.
 */
import { useBackend } from "cnn";
import { product } from "../../lib/engine/kernels/calls.ts";
import { engineOf, type WasmBackend } from "../../lib/engine/kernels/engine.ts";
import { asWindows } from "../../lib/engine/kernels/geometry.ts";
import { coreLimit } from "./core_limit.ts";

/** Best of many short runs: what nothing disturbed. */
const RUNS = 200;

/** Rows, depth and columns of products in ResNet-20 and beyond. */
const SIZES = [[384, 256, 256], [96, 576, 64], [96, 32, 32]] as const;

const { tf } = await useBackend("wasm", { threads: 1 });
const engine = engineOf(tf.backend() as unknown as WasmBackend);
const limit = coreLimit(RUNS); // GFLOP/s

const shares: Record<string, number> = {};
for (const [rows, depth, columns] of SIZES) {
  const [a, panels, out, pointers] = engine.scratch(
    4 * rows * depth,
    4 * depth * columns,
    4 * rows * columns,
    4096,
  );
  engine.view(a, rows * depth).fill(0.5);
  engine.view(panels, depth * columns).fill(0.25);
  const [, ...numbers] = product({
    ...asWindows(rows, depth),
    input: a,
    panels,
    columns,
    out,
    outImage: 0,
    outY: 0,
    outX: columns * 4,
    bias: 0,
    act: 0,
    pointers,
  });
  const flops = 2 * rows * depth * columns, times = Math.ceil(2e7 / flops);
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) {
      engine.threads.exports.product(...numbers);
    }
    best = Math.min(best, performance.now() - start);
  }
  const speed = times * flops / best / 1e6;
  shares[`${rows} x ${depth} x ${columns}`] = 100 * speed / limit;
}
console.log(JSON.stringify({ limit, shares }));
