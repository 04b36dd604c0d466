/**
 * `deno task run` against small notebooks in the real kernel. Not part of the
 * unit tests: it needs the Python environment and takes some seconds.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/environment.ts";
import { type FixtureCell, fixtureFolder } from "../tools/fixture.ts";

/** Runs one notebook of these cells; gives what was printed and the executed copy. */
async function run(name: string, cells: (FixtureCell | string)[]) {
  const folder = await fixtureFolder({ [name]: cells });
  const copy = join(root, "output", `${name}.ipynb`);
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "run", "--timeout=20", join(folder, `${name}.ipynb`)],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    // deno-lint-ignore no-explicit-any -- notebook JSON
    const executed = JSON.parse(await Deno.readTextFile(copy)) as any;
    await Deno.remove(copy);
    return {
      code,
      printed: text(stdout) + text(stderr),
      outputs: executed.cells.map(
        (cell: { outputs: unknown[] }) => cell.outputs,
      ),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("run executes every cell and keeps late output under its cell", async () => {
  const { code, printed, outputs } = await run("fixture-good", [
    'import { tensor } from "cnn";',
    "console.log(tensor([1, 2]).shape.length);\nconsole.error('aside');",
    "setTimeout(() => console.log('late'), 30);\nconst waiting = 1;",
    "await new Promise((done) => setTimeout(done, 200));",
    "setTimeout(() => console.log('last'), 100);\nconst last = 1;",
  ]);
  assertEquals(code, 0, printed);
  assertMatch(printed, /fixture-good\.ipynb +5\/5 +[\d.]+ +passed/);
  assertMatch(printed, /\[#{30}\] 5\/5/);
  assertEquals(outputs[1].map((o: { name: string }) => o.name).sort(), [
    "stderr",
    "stdout",
  ]);
  assertStringIncludes(JSON.stringify(outputs[2]), "late");
  assertEquals(outputs[3], []);
  assertStringIncludes(JSON.stringify(outputs[4]), "last");
});

Deno.test("run stops at a cell that throws and shows its source and error", async () => {
  const { code, printed, outputs } = await run("fixture-throws", [
    "const measured = 0.4;",
    "if (measured < 0.5) {\n  throw new Error('the claim does not hold');\n}",
    "console.log('never');",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(printed, "fixture-throws.ipynb, cell 2 (cell-2) failed");
  assertStringIncludes(printed, "   1 | if (measured < 0.5) {");
  assertStringIncludes(printed, "Error: the claim does not hold");
  assertMatch(printed, /fixture-throws\.ipynb +1\/3 +[\d.]+ +FAILED/);
  assertEquals(outputs[2], []);
});

Deno.test("run finds a syntax error, which the kernel keeps to itself", async () => {
  const { code, printed, outputs } = await run("fixture-syntax", [
    "const a = 1;\nconst b = ;",
  ]);
  assertEquals(code, 1);
  assertMatch(printed, /Expression expected/);
  assertStringIncludes(printed, "cell 1 (cell-1), line 2:11");
  assertStringIncludes(JSON.stringify(outputs[0]), "Execution failed");
});

Deno.test("run finds a missing package, which the kernel keeps to itself", async () => {
  const { code, printed } = await run("fixture-package", [
    'import nothing from "npm:@not-there-at-all/nothing@1.0.0";\nnothing();',
  ]);
  assertEquals(code, 1);
  assertStringIncludes(printed, "@not-there-at-all/nothing");
  assertStringIncludes(printed, "Execution failed");
});

Deno.test("run says so when the kernel dies", async () => {
  const { code, printed } = await run("fixture-dies", [
    "const words = new TextEncoder().encode('last words\\n');\n" +
    "Deno.stderr.writeSync(words);\nDeno.exit(3);",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(printed, "last words");
  assertStringIncludes(printed, "the kernel died");
});

Deno.test("run keeps what somebody else wrote where its copy goes", async () => {
  const theirs = join(root, "output", "fixture-kept.ipynb");
  const kept = join(root, "output", "fixture-kept.kept-1.ipynb");
  await Deno.mkdir(join(root, "output"), { recursive: true });
  await Deno.writeTextFile(theirs, "my notes");
  try {
    const { code, printed, outputs } = await run("fixture-kept", ["1 + 1"]);
    assertEquals(code, 0, printed);
    assertEquals(outputs.length, 1);
    assertStringIncludes(
      printed,
      "Kept: output/fixture-kept.ipynb was changed; it is now output/fixture-kept.kept-1.ipynb",
    );
    assertEquals(await Deno.readTextFile(kept), "my notes");
  } finally {
    await Deno.remove(kept);
  }
});
