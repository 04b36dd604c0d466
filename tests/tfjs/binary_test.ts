import { assert, assertEquals } from "@std/assert";
import { BINARIES, compile } from "../../tools/build_wasm.ts";

for (const name of Object.keys(BINARIES)) {
  Deno.test(`${name} is what its sources compile to`, async () => {
    const committed = await Deno.readFile(
      new URL(`../../lib/tfjs/kernels/${name}`, import.meta.url),
    );
    const built = await compile(name);
    const same = built.length === committed.length &&
      built.every((byte, i) => byte === committed[i]);
    assert(same, `${name} is out of date: run deno task build:wasm`);
  });

  Deno.test(`${name} imports its memory and puts nothing there`, async () => {
    const module = await WebAssembly.compile(
      await Deno.readFile(
        new URL(`../../lib/tfjs/kernels/${name}`, import.meta.url),
      ),
    );
    assertEquals(WebAssembly.Module.imports(module), [
      { module: "env", name: "memory", kind: "memory" },
    ]);
    const memory = new WebAssembly.Memory({ initial: 1 });
    new WebAssembly.Instance(module, { env: { memory } });
    assert(new Uint8Array(memory.buffer).every((byte) => byte === 0));
  });
}
