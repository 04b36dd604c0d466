import { assertEquals } from "@std/assert";
import { bar, textTable } from "../../tools/table.ts";

Deno.test("bar() fills its share of the places", () => {
  assertEquals(bar(5, 10, 10), "[#####.....]  5/10");
  assertEquals(bar(0, 3, 3), "[...] 0/3");
  assertEquals(bar(0, 0, 3), "[###] 0/0");
});

Deno.test("textTable() stands numbers to the right and text to the left", () => {
  assertEquals(
    textTable(["name", "n"], [["a", 5], ["longer", 10]]),
    "name     n\n------  --\na        5\nlonger  10",
  );
});
