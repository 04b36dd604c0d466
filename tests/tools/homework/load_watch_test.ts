/** Reports of a process that may lie: only what can be true is believed. */
import { assertEquals } from "@std/assert";
import { LoadWatch } from "../../../tools/homework/sandbox/load_watch.ts";

/** A watch over cells 0, 2 and 5, and what it called. */
function watching() {
  const calls: string[] = [];
  const watch = new LoadWatch([0, 2, 5], {
    onBegin: () => calls.push("begin"),
    onReady: () => calls.push("ready"),
  });
  const receive = (event: unknown, index?: unknown, error?: unknown) =>
    watch.receive({ event, index, error });
  return { calls, watch, receive };
}

const error = { name: "TypeError", message: "odd" };

Deno.test("LoadWatch follows an honest run", () => {
  const { calls, watch, receive } = watching();
  receive("hello");
  for (const index of [0, 2, 5]) {
    receive("begin", index);
    assertEquals(watch.running, index);
    receive("end", index, index === 2 ? error : undefined);
  }
  receive("ready");
  assertEquals(calls, ["begin", "begin", "begin", "ready"]);
  assertEquals([...watch.errors], [[2, "TypeError: odd"]]);
  assertEquals([watch.hello, watch.running], [true, undefined]);
});

Deno.test("LoadWatch restarts no clock for a cell that began before", () => {
  const { calls, receive } = watching();
  receive("begin", 0);
  for (let i = 0; i < 10; i++) receive("begin", 0);
  receive("end", 0);
  receive("begin", 0);
  receive("begin", 5);
  assertEquals(calls, ["begin"]);
});

Deno.test("LoadWatch takes errors from the running cell only", () => {
  const { watch, receive } = watching();
  receive("begin", 0);
  receive("end", 0);
  receive("begin", 2);
  receive("end", 0, error); // the setup cell, which has ended well
  receive("refused", 0, error);
  receive("end", 99, error);
  assertEquals([...watch.errors], []);
  assertEquals([...watch.refused], []);
  assertEquals(watch.running, 2);
});

Deno.test("LoadWatch is ready after the last cell, once", () => {
  const { calls, watch, receive } = watching();
  receive("ready");
  for (const index of [0, 2]) {
    receive("begin", index);
    receive("ready");
    receive("end", index);
  }
  receive("ready");
  assertEquals(calls.includes("ready"), false);
  receive("begin", 5);
  receive("end", 5);
  receive("ready");
  receive("ready");
  receive("begin", 0);
  receive("end", 5, error);
  assertEquals(calls.filter((call) => call === "ready").length, 1);
  assertEquals([...watch.errors], []);
});

Deno.test("LoadWatch bears reports of any form", () => {
  const { calls, watch, receive } = watching();
  const odd = [undefined, null, NaN, "0", {}, [], -1, 1e99, "__proto__"];
  for (const event of ["begin", "end", "refused", ...odd]) {
    for (const index of odd) receive(event, index, index);
  }
  receive("refused", 2, { name: {}, message: [] });
  assertEquals(calls, []);
  assertEquals([...watch.errors], [[2, ""]]);
});
