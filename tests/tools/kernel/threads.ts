/**
 * Threads of the wasm engine in the real kernel: training, interrupts, memory that
 * grows, a restart, the end. Not part of the unit tests: it needs the Python
 * environment and takes half a minute.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { setUp } from "../../../tools/environment.ts";
import { root } from "../../../tools/paths.ts";

Deno.test("threads outlive interrupts and restarts of the kernel and end with it", async () => {
  const { python, env } = await setUp();
  const turns = 5;
  const { stdout, stderr } = await new Deno.Command(python, {
    args: [join(root, "tests", "tools", "kernel", "threads.py"), String(turns)],
    cwd: join(root, "notebooks"),
    env,
    signal: AbortSignal.timeout(300_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const told = text(stdout).trim().split("\n").map((line) => JSON.parse(line));
  const of = (what: string) => told.filter((line) => line.what === what);
  assertEquals(of("interrupt").length, turns, text(stderr));
  assert(of("interrupt").every(({ result }) => result === "error"));
  assert(of("setup").every(({ result: [status] }) => status === "ok"));
  // Two threads, and the same losses before and after whatever happened.
  const losses = of("train").map(({ result: [, printed] }) => printed);
  assertEquals(losses.length, turns + 3);
  assertEquals(losses[0].split(" ").length, 11);
  assert(losses[0].startsWith("2 "));
  assertEquals(losses, losses.map(() => losses[0]));
  assertEquals(of("end")[0].alive, false);
});
