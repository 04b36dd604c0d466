import { assert } from "@std/assert";

Deno.test("layers use nothing but the tensor and random numbers, so they run in a browser", () => {
  const folder = new URL("../../lib/layers/", import.meta.url);
  for (const { name } of Deno.readDirSync(folder)) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    // Examples in comments may import from "cnn".
    const code = text.replace(/\/\*\*[\s\S]*?\*\//g, "");
    assert(!/\bDeno\b|\bprocess\b/.test(code), `${name} touches the platform`);
    for (const [, from] of code.matchAll(/from "([^"]+)"/g)) {
      const allowed = /^(\.\/\w+|\.\.\/tensor|\.\.\/random)\.ts$/;
      assert(allowed.test(from), `${name} imports ${from}`);
    }
  }
});
