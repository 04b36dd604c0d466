/**
 * The library as a package: what `deno publish` would send, and what Node gets
 * from `deno pack`.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { root } from "../../tools/paths.ts";

/** Runs a command to its end; fails with all it said. */
async function run(cwd: string, command: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  const said = text + new TextDecoder().decode(stderr);
  assertEquals(success, true, `${command} ${args.join(" ")}:\n${said}`);
  return { text, said };
}

/** The reason why this machine cannot run Node, or undefined. */
async function noNode(): Promise<string | undefined> {
  try {
    await new Deno.Command("node", { args: ["--version"] }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "no node on the PATH";
    throw error;
  }
}

Deno.test("every room that a notebook imports is an export of the package, and the other way round", async () => {
  const rooms: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(join(root, "lib"))) {
    const barrel = `./lib/${name}/mod.ts`;
    const there = await Deno.stat(join(root, barrel)).then(
      () => true,
      () => false,
    );
    if (isDirectory && there) rooms[name] = barrel;
  }
  const imports = Object.entries(config.imports)
    .filter(([name]) => name.startsWith("cnn/") && name !== "cnn/homework")
    .map(([name, path]) => [name.replace("cnn/", ""), path]);
  const exports = Object.entries(config.exports)
    .filter(([name]) => name !== ".")
    .map(([name, path]) => [name.replace("./", ""), path]);
  assertEquals(Object.fromEntries(imports), rooms);
  assertEquals(Object.fromEntries(exports), rooms);
  assertEquals(config.exports["."], config.imports.cnn);
});

Deno.test("deno publish finds nothing wrong with the package, slow types included", async () => {
  const { said } = await run(
    root,
    ...[Deno.execPath(), "publish", "--dry-run", "--allow-dirty"] as const,
  );
  assertStringIncludes(said, "Dry run complete");
  assertStringIncludes(said, "lib/engine/kernels/kernels.wasm");
  const here = pathToFileURL(root).href;
  for (const foreign of ["tests", "data", "notebooks", "lib/engine/assembly"]) {
    assertEquals(said.includes(`${here}/${foreign}/`), false, foreign);
  }
  assertEquals(said.includes("warning"), false, said);
});

const reason = await noNode();
Deno.test({
  name: `Node runs conv2d and describe(lenet()) from the packed tarball${
    reason ? ` (left out: ${reason})` : ""
  }`,
  // On a student's machine there may be no Node; where all is tested there is.
  ignore: reason !== undefined && !Deno.env.get("CI"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const tarball = join(folder, "cnn.tgz");
      await run(
        root,
        ...[Deno.execPath(), "pack", "--allow-dirty", "-o", tarball] as const,
      );
      const home = join(folder, "node_modules", ...config.name.split("/"));
      await Deno.mkdir(home, { recursive: true });
      await run(home, "tar", "-xzf", tarball, "--strip-components=1");
      await Deno.stat(join(home, "lib", "mod.d.ts")); // types came along
      await Deno.writeTextFile(
        join(folder, "main.mjs"),
        `import { conv2d, describe, lenet, tensor } from "${config.name}";
import { relu } from "${config.name}/layers";
const x = tensor([[[[1], [2]], [[3], [4]]]]);
const kernel = tensor([[[[1]], [[0]]], [[[0]], [[-10]]]]);
const y = conv2d(x, kernel); // 1 * 1 + 4 * -10
console.log(y.data[0], relu(y).data[0], describe(lenet()).parameters);
`,
      );
      const { text } = await run(folder, "node", "main.mjs");
      assertEquals(text.trim(), "-39 0 61706");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
