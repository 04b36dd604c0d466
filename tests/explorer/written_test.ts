/** Numbers of the explorer's page. @module */
import { assertEquals } from "@std/assert";
import { column, num, share } from "../../lib/explorer/written.ts";

Deno.test("num() writes three decimals, an exact 0, and what is too small with its power of ten", () => {
  assertEquals(
    [2.56, -0.13, 1, 0, -0, 1234.5, 0.00001, NaN, -Infinity].map(num),
    ["2.560", "−0.130", "1.000", "0", "0", "1,234.500", "1.00e−5"]
      .concat(["NaN", "−Infinity"]),
  );
});

Deno.test("column() gives all numbers of a column the same decimals", () => {
  assertEquals(column([2.56, -0.13, 0, 12]), [
    ...["2.560", "−0.130", "0.000", "12.000"],
  ]);
  assertEquals(column([0.012345, -0.001]), ["0.0123", "−0.0010"]);
  assertEquals(column([1, -1e-6]), ["1.000", "0.000"]);
  assertEquals(column([0, 0]), ["0.000", "0.000"]);
  assertEquals(column([NaN, 1]), ["NaN", "1.000"]);
});

Deno.test("share() keeps the sign of per cent on the line of its number", () => {
  assertEquals([0.327, 1].map(share), ["32.7\u00a0%", "100.0\u00a0%"]);
});
