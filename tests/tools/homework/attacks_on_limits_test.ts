/** Attempts to take the machine: each is stopped, the other exercises count. */
import type { SubmissionResult } from "cnn/homework";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { edited, exercise, grade } from "./fixture.ts";

/** Grades with `code` as the body of the function of exercise 90.1. */
async function inCall(code: string, seconds: number) {
  return await grade(
    edited({
      "exercise-90-1": `async function myOutputLength() { ${code} }`,
    }),
    { seconds, memory: 300 },
  );
}

/** What the body does, how it is named, and words of the explanation. */
const bodies: [name: string, code: string, mistake: string][] = [
  ["an endless loop", "for (;;);", "time limit"],
  [
    "a promise that is never resolved",
    "await new Promise(() => {});",
    "process ended",
  ],
  [
    "waiting for ever with a timer",
    "await new Promise(() => setInterval(() => {}, 10));",
    "time limit",
  ],
  [
    "blocking on shared memory",
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    "time limit",
  ],
  [
    "a heap that grows",
    "const a = []; for (;;) a.push(new Array(1000).fill(a.length));",
    "memory limit",
  ],
  [
    "huge typed arrays",
    "const a = []; for (;;) a.push(new Float64Array(4e6).fill(1));",
    "memory limit",
  ],
  [
    "a worker that takes memory",
    `
    new Worker("data:text/javascript," + encodeURIComponent("const a = []; for (;;) a.push(new Float64Array(4e6).fill(1));"), { type: "module" });
    await new Promise(() => setInterval(() => {}, 10));`,
    "memory limit",
  ],
  [
    "50 MB written to stdout",
    "const bytes = new Uint8Array(1 << 20).fill(97); for (let i = 0; i < 50; i++) Deno.stdout.writeSync(bytes); await new Promise(() => setInterval(() => {}, 10));",
    "too much output",
  ],
  [
    "50 MB written to stderr",
    "const bytes = new Uint8Array(1 << 20).fill(97); for (let i = 0; i < 50; i++) Deno.stderr.writeSync(bytes); await new Promise(() => setInterval(() => {}, 10));",
    "too much output",
  ],
  [
    "a signal that it would rather ignore",
    `Deno.addSignalListener("SIGTERM", () => {}); for (;;);`,
    "time limit",
  ],
];

/** Fails unless exercise 90.1 was stopped for `mistake` and the others count. */
function assertStopped(result: SubmissionResult, mistake: string) {
  const found = exercise(result, "90.1");
  assertEquals([found.status, found.mistake], ["stopped", mistake]);
  assertEquals(result.points, 7);
}

for (const [name, code, mistake] of bodies) {
  if (mistake === "time limit") continue;
  Deno.test(`gradeSubmission() stops ${name}`, async () => {
    assertStopped(await inCall(code, 15), mistake);
  });
}

Deno.test("gradeSubmission() stops at the time limit", async (t) => {
  const slow = bodies.filter(([, , mistake]) => mistake === "time limit");
  const results = await Promise.all(slow.map(([, code]) => inCall(code, 4)));
  for (let i = 0; i < slow.length; i++) {
    await t.step(slow[i][0], () => assertStopped(results[i], "time limit"));
  }
});

Deno.test("gradeSubmission() counts processor time, not the time that code waits", async () => {
  const result = await inCall(
    `if (globalThis.waited) return 1;
    globalThis.waited = true;
    await new Promise((done) => setTimeout(done, 3500));
    return 1;`,
    3,
  );
  const { status, details } = exercise(result, "90.1");
  assertEquals(status, "failed", details); // a wrong answer, not a late one
});

Deno.test("gradeSubmission() stops hundreds of threads, which neighbours would pay for", async () => {
  if (Deno.build.os !== "linux") return; // elsewhere the system does not tell
  const worker = "setInterval(() => {}, 1000)";
  const result = await inCall(
    `for (let i = 0; i < 300; i++) new Worker("data:text/javascript,${worker}", { type: "module" });
    await new Promise(() => setInterval(() => {}, 10));`,
    20,
  );
  const { status, details } = exercise(result, "90.1");
  assertEquals(status, "stopped");
  assert(/threads|memory/.test(details!), details);
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() counts the processor time of all threads", async () => {
  if (Deno.build.os !== "linux") return;
  const worker = encodeURIComponent("for (;;);");
  const result = await inCall(
    `for (let i = 0; i < 4; i++) new Worker("data:text/javascript,${worker}", { type: "module" });
    await new Promise(() => setInterval(() => {}, 10));`,
    3,
  );
  assertStringIncludes(
    exercise(result, "90.1").details!,
    "stopped after 3 s", // by the clock on the wall it were 9
  );
});

Deno.test("gradeSubmission() stops an endless loop in a cell and goes on without it", async () => {
  const result = await grade(
    edited({
      "exercise-90-1": "function myOutputLength() { return 1; }\nwhile (true);",
    }),
    { seconds: 3 },
  );
  const { status, details } = exercise(result, "90.1");
  assertEquals(status, "stopped");
  assertStringIncludes(details!, "loop without end");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() gives up on a notebook in which every cell hangs", async () => {
  const result = await grade(
    edited({}, Array.from({ length: 12 }, () => "while (true);")),
    { seconds: 1 },
  );
  assertEquals(result.points, 0);
  assertStringIncludes(result.notes.join("\n"), "loop without end");
});

Deno.test("gradeSubmission() stops cells that each take almost too long", async () => {
  const slow = "await new Promise((done) => setTimeout(done, 400));";
  const result = await grade(
    edited({}, Array.from({ length: 1000 }, (_, i) => `${slow} // ${i}`)),
    { seconds: 5, notebookSeconds: 2 },
  );
  assertStringIncludes(result.notes.join(), "more than 2 s together");
});

Deno.test("gradeSubmission() cuts 50 MB of console output and counts the answer", async () => {
  const result = await grade(edited({
    "exercise-90-3": `function myFlatten(x) {
      const line = "x".repeat(1 << 20);
      for (let i = 0; i < 50; i++) console.log(line);
      const [n, h, w, c] = x.shape;
      return { shape: [n, h * w * c], data: x.data };
    }`,
  }));
  const { status, printed } = exercise(result, "90.3");
  assertEquals(status, "passed");
  assert(printed!.length < 5000);
});

Deno.test("gradeSubmission() refuses an answer too large to read", async () => {
  const result = await grade(edited({
    "exercise-90-3":
      "function myFlatten() { return { shape: [1], data: new Float32Array(2e7) }; }",
  }));
  assertEquals(exercise(result, "90.3").mistake, "too much output");
  assertEquals(result.points, 6);
});

Deno.test("gradeSubmission() bears stolen input, rejections and timers", async () => {
  const result = await grade(edited({}, [
    "Promise.reject(new Error('nobody waits'));",
    "setInterval(() => { throw new Error('later'); }, 1);",
    "throw new Error('a cell that fails');",
  ]));
  assertEquals(result.points, 8);
  assertStringIncludes(result.notes.join("\n"), "a cell that fails");
});

Deno.test("gradeSubmission() ends every process that it started", async () => {
  if (Deno.build.os !== "linux") return;
  // In a process of its own: other tests' processes are children of this one.
  const fixture = new URL("fixture.ts", import.meta.url);
  const code = `
    import { edited, grade, processes } from "${fixture}";
    const own = () =>
      processes("homework/sandbox/").filter((p) => p.parent === Deno.pid);
    const grading = grade(
      edited({ "exercise-90-1": "function myOutputLength() { for (;;); }" }),
      { seconds: 2, memory: 300 },
    );
    let most = 0;
    const watch = setInterval(() => most = Math.max(most, own().length), 50);
    await grading;
    clearInterval(watch);
    await grade(edited({}));
    console.log(JSON.stringify({ most, left: own().length }));
    Deno.exit(); // a process that is left would keep this one waiting`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", code],
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  const { most, left } = JSON.parse(text.decode(stdout) || "{}");
  assert(most >= 2, text.decode(stderr)); // the student's and the checks'
  assertEquals(left, 0);
});
