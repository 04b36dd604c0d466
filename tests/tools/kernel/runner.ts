/**
 * `deno task run` against small notebooks in the real kernel. Not part of the
 * unit tests: it needs the Python environment and takes some seconds.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";
import { type FixtureCell, fixtureFolder } from "../fixture.ts";

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
      executed,
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

/** Each of these fails where no reply of the kernel tells it. */
const silent: Record<string, [cells: string[], cell: number, text: string]> = {
  "a rejected promise": [
    ["Promise.reject(new RangeError('nobody awaits'));", "1;"],
    1,
    "RangeError: nobody awaits",
  ],
  "a promise rejected with no reason": [
    ["1;", "Promise.reject();"],
    2,
    "a promise was rejected with undefined",
  ],
  "a timer that throws": [
    [
      "setTimeout(() => { throw new Error('in a timer'); }, 10);",
      "await new Promise((done) => setTimeout(done, 100));",
    ],
    // Which cell runs when the timer ends is not for us to say.
    0,
    "in a timer",
  ],
  "a timer long after the last cell": [
    ["setTimeout(() => { throw new Error('very late'); }, 1500);\n1;"],
    1,
    "very late",
  ],
  "a promise rejected after hard work, after the last cell": [
    [
      "const turn = () => new Promise((done) => setTimeout(done));\n" +
      "(async () => {\n  for (let i = 0; i < 8; i++) {\n" +
      "    const end = Date.now() + 150;\n    while (Date.now() < end);\n" +
      "    await turn();\n  }\n  throw new Error('after work');\n})();\n1;",
    ],
    1,
    "after work",
  ],
  "a listener that throws": [
    [
      "const target = new EventTarget();\n" +
      "target.addEventListener('x', () => { throw new Error('heard'); });\n" +
      "target.dispatchEvent(new Event('x'));",
    ],
    1,
    "heard",
  ],
  "a worker that throws": [
    [
      "new Worker('data:text/javascript,throw 1', { type: 'module' });\n" +
      "await new Promise((done) => setTimeout(done, 1000));",
    ],
    1,
    "worker",
  ],
  "a worker that throws after the last cell": [
    [
      "new Worker('data:text/javascript,setTimeout(() => { throw 1; }, 400)', { type: 'module' });\n1;",
    ],
    1,
    "worker",
  ],
  "a last value that cannot be shown": [
    [
      "({ [Symbol.for('Jupyter.display')]: () => { throw new Error('broke'); } })",
      "1;",
    ],
    1,
    "broke",
  ],
  "an error output that the notebook itself sends": [
    [
      "await Deno.jupyter.broadcast('error', " +
      "{ ename: 'Odd', evalue: 'sent', traceback: ['Odd: sent'] });",
      "await new Promise((done) => setTimeout(done, 100));",
    ],
    1,
    "Odd: sent",
  ],
  "a claim without await": [
    [
      "import { claim } from 'cnn';",
      "claim('2 > 3', { holds: 2 > 3, values: { left: 2 } });",
      "await new Promise((done) => setTimeout(done, 300));",
    ],
    0,
    "The claim does not hold: 2 > 3",
  ],
  "a claim without await that has no measurement": [
    [
      "import { claim } from 'cnn';\n" +
      "claim('x', { holds: true, values: { left: NaN } });",
    ],
    1,
    "the measurement went wrong",
  ],
};

for (const [what, [cells, cell, text]] of Object.entries(silent)) {
  Deno.test(`run fails on ${what}, which the kernel calls ok`, async () => {
    const { code, printed, outputs } = await run("fixture-silent", cells);
    assertEquals(code, 1, printed);
    assertStringIncludes(printed, text);
    assertStringIncludes(printed, `cell ${cell || ""}`);
    assertMatch(printed, /failed[:,]/);
    assertMatch(printed, /FAILED/);
    const errors = outputs.flat().filter((o: { output_type: string }) =>
      o.output_type === "error"
    );
    assertEquals(errors.length > 0, true, "the copy shows the error");
  });
}

Deno.test("run shows in the copy nothing of its own", async () => {
  const { code, printed, executed } = await run("fixture-own", [
    "const a = 1;",
    "try { throw new Error('caught'); } catch { /* handled */ }",
    "await Promise.reject(new Error('awaited')).catch(() => 2);",
  ]);
  assertEquals(code, 0, printed);
  assertEquals(
    executed.cells.map((cell: { execution_count: number }) =>
      cell.execution_count
    ),
    [1, 2, 3],
  );
  assertEquals(executed.cells.length, 3);
  assertEquals(executed.cells[0].outputs, []);
  assertEquals(JSON.stringify(executed).includes("unhandledrejection"), false);
});

Deno.test("a reader sees in the notebook that a call without await failed", async () => {
  const { outputs } = await run("fixture-reader", [
    "import { claim } from 'cnn';",
    "claim('x', { holds: true, values: { left: NaN } });\n" +
    "await new Promise((done) => setTimeout(done, 100));",
  ]);
  assertStringIncludes(
    JSON.stringify(outputs[1]),
    "Failed, and nobody awaits it (put await before the call): ClaimError",
  );
});

Deno.test("run shows what nobody awaited beside the cell that threw", async () => {
  const { code, printed } = await run("fixture-both", [
    "Promise.reject(new Error('the cause'));\n" +
    "await new Promise((done) => setTimeout(done, 50));\n" +
    "throw new Error('the effect');",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(printed, "Error: the effect");
  assertStringIncludes(
    printed,
    "Nobody awaited what failed beside it:\nError: the cause",
  );
});

Deno.test("run executes a file with a mark at its start and cells without metadata", async () => {
  const folder = await fixtureFolder({});
  const path = join(folder, "fixture-bare.ipynb");
  const copy = join(root, "output", "fixture-bare.ipynb");
  try {
    await Deno.writeTextFile(
      path,
      '\ufeff{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["1 + ", "1"]},' +
        '{"cell_type": "code", "source": "2", "metadata": {"tags": null}, "attachments": {"a": 5}}]}',
    );
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "run", path],
      cwd: root,
    }).output();
    assertEquals(code, 0);
    assertMatch(new TextDecoder().decode(stdout), /2\/2 +[\d.]+ +passed/);
    const executed = JSON.parse(await Deno.readTextFile(copy));
    assertEquals([executed.cells[0].outputs[0].data["text/plain"]].flat(), [
      "2",
    ]);
    await Deno.remove(copy);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("run warns of a timer that never ends, and goes on", async () => {
  const { code, printed } = await run("fixture-timer", [
    "setInterval(() => {}, 50);\n1;",
  ]);
  assertEquals(code, 0, printed);
  assertStringIncludes(
    printed,
    "Warning: fixture-timer.ipynb: a timer still runs after the last cell",
  );
});

Deno.test("a replication draws fresh seeds, counts claims and leaves exercises out", async () => {
  const { executeNotebook } = await import("../../../tools/execute.ts");
  const { setUp } = await import("../../../tools/environment.ts");
  const { claimsIn } = await import("../../../tools/replicate/record.ts");
  const folder = await fixtureFolder({
    "fixture-again": [
      'import { claim, drawSeeds, experiment, ledger } from "cnn/notebook";',
      `const stated = await experiment("It grows", { id: "grows", compares: "a", baseline: "b", seeds: drawSeeds(3), above: 9000, because: "c" });
const { each } = await claim(stated, { each: stated.seeds.map((seed) => 1 / seed) });
const logged = await experiment("Kept", { id: "kept", compares: "a", baseline: "b", seeds: [1, 2], above: 0, because: "c", log: "deno task evidence" });
await claim(logged, { each: [1, 2] });
await ledger([{ says: "It grows", source: "often said", verdict: "holds", evidence: ["grows"] }]);`,
    ],
  });
  try {
    const path = join(folder, "fixture-again.ipynb");
    const copy = join(folder, "copy.ipynb");
    const environment = await setUp();
    const committed = await executeNotebook(path, environment, {
      copy,
      timeout: 60,
    });
    assertEquals(committed.failure?.name, "ClaimError");
    const notebook = JSON.parse(await Deno.readTextFile(path));
    notebook.cells.push({
      cell_type: "code",
      id: "exercise",
      metadata: { nbgrader: { grade: false } },
      source: 'throw new Error("an exercise")',
      outputs: [],
      execution_count: null,
    });
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    const again = await executeNotebook(path, environment, {
      copy,
      timeout: 60,
      replication: 5000,
    });
    assertEquals([again.failure, again.done], [undefined, 2]);
    // What a log holds is not counted: it is the same with any seeds.
    const found = claimsIn(await Deno.readTextFile(copy));
    assertEquals(found.map(({ id }) => id), ["grows"]);
    const [{ outcome, mean }] = found;
    assertEquals(outcome, "does not hold");
    assertEquals(mean, (1 / 5001 + 1 / 5002 + 1 / 5003) / 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
