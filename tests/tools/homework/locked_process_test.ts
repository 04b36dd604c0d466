/** A process that knows its secret and sends whatever it likes. */
import v8 from "node:v8";
import vm from "node:vm";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Limits, prepareSandbox } from "cnn/homework";
import { noFolder } from "../../../tools/homework/sandbox/confinement.ts";
import { LockedProcess } from "../../../tools/homework/sandbox/locked_process.ts";
import { withFolder } from "./fixture.ts";

/** Runs a module that gets the secret as `nonce` and `write` for its output. */
async function run(code: string, limits: Partial<Limits> = {}) {
  const messages: unknown[] = [];
  let ending: { kind: string; text: string } | undefined;
  await withFolder(async (folder) => {
    const main = `${folder}/main.js`;
    await Deno.writeTextFile(
      main,
      `const bytes = new Uint8Array(100);
      const nonce = new TextDecoder().decode(bytes.subarray(0, Deno.stdin.readSync(bytes))).trim();
      const write = (text) => {
        const whole = new TextEncoder().encode(text);
        for (let i = 0; i < whole.length;) i += Deno.stdout.writeSync(whole.subarray(i));
      };
      ${code}`,
    );
    const process = new LockedProcess(await prepareSandbox(), main, {
      limits: { seconds: 20, memory: 1024, ...limits },
      onMessage: (message) => messages.push(message),
    });
    if (limits.waits !== undefined) process.startClock();
    ending = await process.ended;
  });
  return { messages, ending: ending! };
}

Deno.test("LockedProcess hands on lines with the secret alone", async () => {
  const { messages, ending } = await run(
    "write(`[1]\\n${nonce}[2]\\nx${nonce}[3]\\n${nonce.slice(1)}[4]\\n${nonce}[5]\\n`);",
  );
  assertEquals(messages, [[2], [5]]);
  assertEquals(ending.kind, "exit");
});

Deno.test("LockedProcess ends a process that sends no JSON", async () => {
  const { messages, ending } = await run(
    "write(`${nonce}{]\\n`); setInterval(() => {}, 10);",
  );
  assertEquals(messages, []);
  assertStringIncludes(ending.text, "disturbed its own answers");
});

Deno.test("LockedProcess reads no JSON of millions of parts", async () => {
  const { messages, ending } = await run(
    'write(`${nonce}[${"[],".repeat(5e6)}[]]\\n`); setInterval(() => {}, 10);',
  );
  assertEquals(messages, []);
  assertStringIncludes(ending.text, "more than 4000000 parts");
});

Deno.test("the folder of caches that a sandbox is told cannot be made", async () => {
  await assertRejects(() => Deno.mkdir(noFolder, { recursive: true }));
  await assertRejects(() => Deno.lstat(noFolder));
});

Deno.test("LockedProcess lets nobody wait longer than it is told", async () => {
  const { ending } = await run("setInterval(() => {}, 10);", {
    seconds: 4,
    waits: 0.25,
  });
  assertEquals(ending.kind, "time");
  assertStringIncludes(ending.text, "after waiting for 1 s");
});

Deno.test("a process that serves a whole class keeps none of its answers alive", async () => {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc") as () => void;
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.js`, "setInterval(() => {}, 10);");
    const process = new LockedProcess(
      await prepareSandbox(),
      `${folder}/main.js`,
      { limits: { seconds: 20, memory: 1024 }, onMessage: () => {} },
    );
    const ask = async () =>
      new WeakRef(await process.orEnding(Promise.resolve({ answer: 1 })));
    const answer = await ask();
    for (let i = 0; i < 100 && answer.deref() !== undefined; i++) {
      await new Promise((done) => setTimeout(done, 10)); // deref() holds on until here
      collect();
    }
    assertEquals(answer.deref(), undefined);

    const failed = process.orEnding(Promise.reject(new Error("of its own")));
    await assertRejects(() => failed, Error, "of its own");
    const waiting = process.orEnding(new Promise(() => {}));
    await process.close();
    const late = process.orEnding(new Promise(() => {}));
    for (const ending of [await waiting, await late]) {
      assertEquals(ending, { kind: "closed", text: "was closed" });
    }
  });
});
