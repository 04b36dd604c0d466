/** Chains of multiply-adds that do not wait for each other: enough for any core. */
const CHAINS = 12;

const TURNS = 20_000;

/**
 * What one core can do in WebAssembly at most, in GFLOP/s: multiply-adds of four
 * numbers at a time, without a load or a store. Best of `runs`.
 */
export function coreLimit(runs: number): number {
  const module = new WebAssembly.Module(new Uint8Array(program()));
  const { f } = new WebAssembly.Instance(module).exports;
  const work = f as (turns: number) => number;
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work(TURNS);
    best = Math.min(best, performance.now() - start);
  }
  return TURNS * CHAINS * 8 / best / 1e6;
}

/** A binary with one function: as many turns as told, each with all chains. */
function program(): number[] {
  const i32 = 0x7f, f32 = 0x7d, v128 = 0x7b;
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const simd = (code: number) => [0xfd, ...number(code)];
  const madd = simd(0x105), add = simd(0xe4), splat = simd(0x13);
  const chains = Array.from({ length: CHAINS }, (_, i) => i + 1);
  const factor = CHAINS + 1; // 0.5 in each lane
  const half = [0x43, 0, 0, 0, 0x3f];
  const body = [
    ...[1, CHAINS + 1, v128], // locals behind the parameter
    ...[...half, ...splat, ...set(factor)],
    ...[0x03, 0x40], // loop
    ...chains.flatMap((chain) => [
      ...[...get(chain), ...get(factor), ...get(factor)],
      ...[...madd, ...set(chain)],
    ]),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0], // one turn less
    ...[0x0d, 0, 0x0b],
    ...get(1),
    ...chains.slice(1).flatMap((chain) => [...get(chain), ...add]),
    ...[...simd(0x1f), 0], // lane 0, so that nothing is left out
    0x0b,
  ];
  const section = (id: number, bytes: number[]) => [
    ...[id, ...number(bytes.length)],
    ...bytes,
  ];
  return [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, i32, 1, f32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, "f".charCodeAt(0), 0, 0]),
    ...section(10, [1, ...number(body.length), ...body]),
  ];
}

/** An unsigned number of variable length. */
function number(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...number(value >> 7)];
}
