import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

Deno.test("readers install no compiler: deno.lock names none", async () => {
  // What stands in the lock file is installed, whether or not something imports it.
  const lock = JSON.parse(await Deno.readTextFile(join(root, "deno.lock")));
  const names = [...Object.keys(lock.npm), ...Object.keys(lock.specifiers)];
  assertEquals(
    names.filter((name) => /assemblyscript|binaryen/.test(name)),
    [],
  );
});
