import { assertEquals } from "@std/assert";
import { tellLateFailures } from "../../lib/notebook/late_failures.ts";

/** What the reader is told of an event with these properties. */
function told(kind: string, properties: object): string[] {
  const target = new EventTarget();
  tellLateFailures(target);
  const lines: string[] = [];
  const original = console.error;
  console.error = (line: string) => lines.push(line);
  try {
    target.dispatchEvent(Object.assign(new Event(kind), properties));
  } finally {
    console.error = original;
  }
  return lines;
}

Deno.test("a promise that nobody awaits tells the reader that it failed", () => {
  assertEquals(
    told("unhandledrejection", { reason: new RangeError("2 > 3") }),
    [
      "Failed, and nobody awaits it (put await before the call): RangeError: 2 > 3",
    ],
  );
  assertEquals(
    told("unhandledrejection", { reason: undefined })[0].slice(-9),
    "undefined",
  );
});

Deno.test("a timer that throws tells the reader", () => {
  assertEquals(
    told("error", { error: new Error("late"), message: "Uncaught late" }),
    ["Failed outside a cell's own run: Error: late"],
  );
  assertEquals(
    told("error", { error: null, message: "in a worker" }),
    ["Failed outside a cell's own run: in a worker"],
  );
});
