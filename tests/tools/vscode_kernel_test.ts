import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { SetupError } from "../../tools/process.ts";
import {
  addKernel,
  kernelFolder,
  removeKernel,
} from "../../tools/vscode_kernel.ts";

/** A home folder with a space and a letter beyond ASCII in its path. */
async function withHome(test: (home: string) => Promise<void>) {
  const home = await Deno.makeTempDir({ prefix: "hö me" });
  try {
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);

Deno.test("kernelFolder() is where VS Code looks on each system", () => {
  assertEquals(
    kernelFolder("/home/a", "linux"),
    join("/home/a", ".local/share/jupyter/kernels/deno-cnn"),
  );
  assertEquals(
    kernelFolder("/Users/a", "darwin"),
    join("/Users/a", "Library/Jupyter/kernels/deno-cnn"),
  );
  assertEquals(
    kernelFolder("/Users/a", "windows"),
    join("/Users/a", "AppData/Roaming/jupyter/kernels/deno-cnn"),
  );
  assertThrows(() => kernelFolder(""), SetupError, "found none: set HOME");
});

Deno.test("addKernel() starts this Deno without colours, twice the same", () =>
  withHome(async (home) => {
    const folder = kernelFolder(home);
    const first = await addKernel(folder, "/opt/de no");
    const text = await Deno.readTextFile(join(folder, "kernel.json"));
    const { argv, env, language, display_name } = JSON.parse(text);
    assertEquals(argv.slice(0, 3), ["/opt/de no", "jupyter", "--kernel"]);
    assertEquals(env, { NO_COLOR: "1" });
    assertEquals([language, display_name], ["typescript", "Deno (CNN course)"]);
    assertEquals(first.includes(join(folder, "kernel.json")), true);
    assertEquals(first.split("\n").length, 1);
    const { mtime } = await Deno.stat(join(folder, "kernel.json"));
    assertEquals(
      /is there already/.test(await addKernel(folder, "/opt/de no")),
      true,
    );
    assertEquals((await Deno.stat(join(folder, "kernel.json"))).mtime, mtime);
    // Another Deno: our own file is renewed.
    await addKernel(folder, "/opt/new");
    const renewed = await Deno.readTextFile(join(folder, "kernel.json"));
    assertEquals(JSON.parse(renewed).argv[0], "/opt/new");
    assertEquals(await names(folder), ["kernel.json"]);
  }));

for (
  const [what, content] of Object.entries({
    "another's kernel": '{"argv": ["python"], "display_name": "mine"}',
    "an empty file": "",
    "no JSON": "not json",
    "JSON of something else": "null",
  })
) {
  Deno.test(`addKernel() and removeKernel() leave what is not ours: ${what}`, () =>
    withHome(async (home) => {
      const folder = kernelFolder(home);
      const path = join(folder, "kernel.json");
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(path, content);
      for (const change of [addKernel, removeKernel]) {
        await assertRejects(
          () => change(folder),
          SetupError,
          `at ${path} but found another's: move it away`,
        );
      }
      assertEquals(await Deno.readTextFile(path), content);
      assertEquals(await names(folder), ["kernel.json"]);
    }));
}

Deno.test("removeKernel() takes away our file alone", () =>
  withHome(async (home) => {
    const folder = kernelFolder(home);
    assertEquals(/^Nothing to remove/.test(await removeKernel(folder)), true);
    await addKernel(folder);
    await Deno.writeTextFile(join(folder, "logo.png"), "theirs");
    assertEquals(/^Removed /.test(await removeKernel(folder)), true);
    assertEquals(await names(folder), ["logo.png"]);
    await Deno.remove(join(folder, "logo.png"));
    await addKernel(folder);
    await removeKernel(folder);
    assertEquals(await names(join(folder, "..")), []);
  }));
