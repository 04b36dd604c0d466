import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { endWithChildren } from "../../tools/process.ts";
import { count, errorsIn, runPart } from "../../tools/test.ts";

Deno.test("count() reads Deno's summary", () => {
  const lines = ["a ... ok", "ok | 5 passed (2 steps) | 0 failed (3ms)", ""];
  assertEquals(count(lines, true), { passed: 5, failed: 0, skipped: 0 });
});

Deno.test("count() reads a coloured summary with ignored tests", () => {
  const lines = [
    "\x1b[31mFAILED\x1b[0m | 7 passed | 2 failed | 1 ignored \x1b[90m(3ms)",
  ];
  assertEquals(count(lines, false), { passed: 7, failed: 2, skipped: 1 });
});

Deno.test("count() takes a part without a summary as one check", () => {
  assertEquals(count(["Checked 12 files"], true), {
    passed: 1,
    failed: 0,
    skipped: 0,
  });
  assertEquals(count(["error: Found 1"], false), {
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("count() never takes a broken part for a passed one", () => {
  const lines = ["ok | 5 passed | 0 failed (3ms)", "error: leak"];
  assertEquals(count(lines, false), { passed: 5, failed: 1, skipped: 0 });
});

Deno.test("count() never takes a skipped check for a passed one", () => {
  const lines = ["ok | 0 passed | 0 failed | 10 ignored (3ms)"];
  assertEquals(count(lines, true), { passed: 0, failed: 0, skipped: 10 });
});

Deno.test("count() never takes a part in which nothing ran for a passed one", () => {
  const lines = ["ok | 0 passed | 0 failed (3ms)"];
  assertEquals(count(lines, true), { passed: 0, failed: 1, skipped: 0 });
});

// Seen after the summary of a part that ended with status 0.
for (
  const words of [
    "corrupted size vs. prev_size in fastbins",
    "corrupted double-linked list",
    "double free or corruption (out)",
    "free(): invalid pointer",
    "malloc_consolidate(): unaligned fastbin chunk detected",
    "Segmentation fault (core dumped)",
    "/bin/sh: line 1: 7 Aborted                 deno test",
    "thread 'tokio-runtime-worker' panicked at library/std/src/thread/local.rs:1",
    "fatal runtime error: stack overflow",
    "# Fatal JavaScript out of memory: Ineffective mark-compacts",
  ]
) {
  Deno.test(`count() fails a part whose process crashed: ${words}`, () => {
    const lines = ["ok | 5 passed | 0 failed (3ms)", "", words];
    assertEquals(count(lines, true), { passed: 5, failed: 1, skipped: 0 });
  });
}

Deno.test("count() takes the names of tests about crashes for no crash", () => {
  const lines = [
    "run says so when the kernel dies ... ok (1s)",
    "count() fails a part whose process crashed: free(): invalid pointer ... ok (1ms)",
    "grade() survives a Segmentation fault ... ok (2ms)",
    "ok | 3 passed | 0 failed (3ms)",
  ];
  assertEquals(count(lines, true), { passed: 3, failed: 0, skipped: 0 });
});

Deno.test("errorsIn() tells Deno's errors again, or the last lines", () => {
  const failed = [
    "a ... \x1b[32mok\x1b[0m (1ms)",
    "b ... \x1b[31mFAILED\x1b[0m (1ms)",
    "",
    "\x1b[1m\x1b[37m\x1b[41m ERRORS \x1b[0m",
    "",
    "b => ./tests/b_test.ts:3:6",
    "error: AssertionError: Values are not equal.",
    "FAILED | 1 passed | 1 failed (3ms)",
  ];
  assertEquals(errorsIn(failed), [
    "b => ./tests/b_test.ts:3:6",
    "error: AssertionError: Values are not equal.",
    "FAILED | 1 passed | 1 failed (3ms)",
  ]);
  const many = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  assertEquals(errorsIn(many)[0], "line 30");
});

Deno.test("runPart() ends a part that hangs, with what it started, and counts it as failed", async () => {
  const printed: string[] = [];
  // JupyterLab's start takes many seconds; this one is ended long before.
  const counted = await runPart(
    "test:runner",
    (line) => printed.push(line),
    0.02,
  );
  assertEquals(counted.failed, 1);
  assertMatch(counted.trouble.join("\n"), /did not end in 0.02 minutes/);
  assertMatch(printed.join("\n"), /test:runner did not end in 0.02 minutes/);
});

Deno.test("endWithChildren() ends what a program has started", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", "sleep 1000 & echo; wait"],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assertEquals((await reader.read()).done, false);
  await endWithChildren(child.pid);
  assertEquals((await child.status).signal, "SIGKILL");
  assertEquals((await reader.read()).done, true); // the pipe's other holder is gone
});

Deno.test("the test tasks keep the graphics driver out of their own process", async () => {
  // Its library crashes about one test process in a hundred at the very end.
  const config = await Deno.readTextFile(join(root, "deno.json"));
  const { tasks } = JSON.parse(config);
  for (const name of ["test:unit", "test:doc"]) {
    assertMatch(tasks[name].command, /^DENO_WEBGPU_BACKEND=none deno test /);
  }
});
