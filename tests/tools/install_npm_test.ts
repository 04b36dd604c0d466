import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

Deno.test("readers install no compiler: deno.json and deno.lock name none", async () => {
  // What stands in the lock file is installed, whether or not something imports it.
  const lock = JSON.parse(await Deno.readTextFile(join(root, "deno.lock")));
  const config = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const names = [
    ...[...Object.keys(lock.npm), ...Object.keys(lock.specifiers)],
    ...[...lock.workspace.dependencies, ...Object.values(config.imports)],
  ];
  assertEquals(
    names.filter((name) => /assemblyscript|binaryen/.test(name)),
    [],
  );
});
