import { assertEquals } from "@std/assert";
import { verdict } from "../../tools/ok.ts";

const count = (passed: number, failed = 0) => ({ passed, failed, skipped: 0 });

Deno.test("verdict() says in one line that all is well", () => {
  const counts = new Map([["lint", count(1)], ["test:unit", count(1932)]]);
  assertEquals(
    verdict(counts, 75.2),
    "ok: format, lint, types and 1932 unit tests, in 75 s",
  );
});

Deno.test("verdict() names each part that failed", () => {
  const counts = new Map([
    ["test:unit", count(3, 2)],
    ["lint", count(0, 1)],
    ["check", count(1)],
  ]);
  assertEquals(
    verdict(counts, 9.6),
    "NOT ok: lint, test:unit failed, in 10 s; see above",
  );
});
