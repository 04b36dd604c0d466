import { assert } from "@std/assert";

/** What the layers may import besides each other; none may touch the platform. */
const below = ["tensor", "random", "stream", "shape", "options"];

Deno.test("layers use nothing but tensor and random numbers, so they run in a browser", () => {
  const lib = new URL("../../lib/", import.meta.url);
  const files = [...Deno.readDirSync(new URL("layers/", lib))]
    .map(({ name }) => `layers/${name}`)
    .concat(below.map((name) => `${name}.ts`));
  for (const file of files) {
    const text = Deno.readTextFileSync(new URL(file, lib));
    // Examples in comments may import from "cnn".
    const code = text.replace(/\/\*\*[\s\S]*?\*\//g, "");
    assert(!/\bDeno\b|\bprocess\b/.test(code), `${file} touches the platform`);
    for (const [, from] of code.matchAll(/from "([^"]+)"/g)) {
      const up = from.match(/^\.\.?\/(\w+)\.ts$/)?.[1];
      const beside = file.startsWith("layers/") && from.startsWith("./");
      assert(
        up !== undefined && (beside || below.includes(up)),
        `${file} imports ${from}`,
      );
    }
  }
});
