import { assert, assertEquals } from "@std/assert";
import { randomNormal } from "cnn";
import { assertClose } from "./compare.ts";
import { BINARIES, bindings, compile } from "../../tools/build_wasm.ts";
import { CALL_BYTES } from "../../lib/engine/kernels/threads.ts";
import * as calls from "../../lib/engine/kernels/calls.ts";

for (const name of Object.keys(BINARIES)) {
  Deno.test(`${name} is what its sources compile to`, async () => {
    const committed = await Deno.readFile(
      new URL(`../../lib/engine/kernels/${name}`, import.meta.url),
    );
    const built = await compile(name);
    const same = built.length === committed.length &&
      built.every((byte, i) => byte === committed[i]);
    assert(same, `${name} is out of date: run deno task build:wasm`);
  });

  Deno.test(`${name} imports its memory and puts nothing there`, async () => {
    const module = await WebAssembly.compile(
      await Deno.readFile(
        new URL(`../../lib/engine/kernels/${name}`, import.meta.url),
      ),
    );
    assertEquals(WebAssembly.Module.imports(module), [
      { module: "env", name: "memory", kind: "memory" },
    ]);
    const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
    new WebAssembly.Instance(module, { env: { memory } });
    assert(new Uint8Array(memory.buffer).every((byte) => byte === 0));
  });
}

Deno.test("calls.ts is what the sources give, and names all numbers of the binaries", async () => {
  const file = new URL("../../lib/engine/kernels/calls.ts", import.meta.url);
  assertEquals(await Deno.readTextFile(file), bindings());
  // A call of names in the place of numbers: the names in their order.
  const names = new Proxy({}, { get: (_, name) => name });
  const { FLOATS, OWN, ...functions } = calls;
  assert(OWN > 2 ** 32, "no address is as large");
  assertEquals(FLOATS.clip, [1, 2]); // x, low, high, out, size
  const counts = Object.fromEntries(
    Object.entries(functions).map(([name, call]) => {
      const [first, ...numbers] = call(names as never) as unknown as string[];
      assertEquals(first, name);
      assertEquals(new Set(numbers).size, numbers.length, `${name}: twice`);
      return [name, numbers.length];
    }),
  );
  const room = CALL_BYTES / 8 - 1; // one says which function
  assert(Object.values(counts).every((count) => count <= room));
  const pool = ["abandon", "join", "publish", "sequence", "work"];
  for (const name of Object.keys(BINARIES)) {
    const bytes = await Deno.readFile(
      new URL(`../../lib/engine/kernels/${name}`, import.meta.url),
    );
    if (!WebAssembly.validate(bytes)) continue; // no relaxed SIMD here
    const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
    const { instance } = await WebAssembly.instantiate(bytes, {
      env: { memory },
    });
    const found = Object.entries(instance.exports)
      .filter(([name]) => !pool.includes(name))
      .map(([name, f]) => [name, (f as () => void).length]);
    assertEquals(Object.fromEntries(found), counts, name);
  }
});

Deno.test("the binaries with and without fused multiply-add agree", async () => {
  const results: Float32Array[] = [];
  for (const name of Object.keys(BINARIES)) {
    const bytes = await Deno.readFile(
      new URL(`../../lib/engine/kernels/${name}`, import.meta.url),
    );
    if (!WebAssembly.validate(bytes)) return; // no relaxed SIMD here
    const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
    const { instance } = await WebAssembly.instantiate(bytes, {
      env: { memory },
    });
    const run = instance.exports as Record<
      string,
      (...numbers: number[]) => void
    >;
    const numbers = new Float32Array(memory.buffer);
    const [a, b, panels, pointers, out] = [0, 4096, 8192, 16384, 20480];
    numbers.set(randomNormal([13 * 9], 1).data, a / 4);
    numbers.set(randomNormal([9 * 11], 2).data, b / 4);
    // [13, 9] * [9, 11]
    run.packPanels(b, 9, 11, 44, 4, panels, 9 * 32);
    run.product(
      ...[a, 0, 0, 36, 1, 1, 13, 1, 0, 1, 0, 9],
      ...[panels, 11, out, 0, 0, 44, 0, 0, pointers],
    );
    results.push(numbers.slice(out / 4, out / 4 + 13 * 11));
    const expected = Array.from({ length: 13 * 11 }, (_, at) => {
      let sum = 0;
      const [row, column] = [Math.floor(at / 11), at % 11];
      for (let k = 0; k < 9; k++) {
        sum += numbers[a / 4 + row * 9 + k] * numbers[b / 4 + k * 11 + column];
      }
      return sum;
    });
    assertClose(results.at(-1)!, expected, name, 1e-6);
  }
  assertClose(results[1], results[0], "fused", 1e-6);
});
