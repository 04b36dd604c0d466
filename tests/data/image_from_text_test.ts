import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { at, imageFromText, sum } from "cnn";

Deno.test("imageFromText() makes each sign of 14 rows a square of four pixels", () => {
  const rows = Array.from({ length: 14 }, () => ".".repeat(14));
  rows[3] = ".....#........";
  const image = imageFromText(rows);
  assertEquals(image.shape, [1, 28, 28, 1]);
  // enlarging mixes neighbours, and keeps the ink and its middle
  assertAlmostEquals(sum(image), 4, 1e-4);
  const corners = [[6, 10], [6, 11], [7, 10], [7, 11]];
  const found = corners.map(([r, c]) => at(image, 0, r, c, 0));
  found.forEach((value) => assertAlmostEquals(value, 0.5625, 1e-6));
  assertEquals(at(image, 0, 3, 5, 0), 0);
});

Deno.test("imageFromText() shrinks by means and fills short rows up with paper", () => {
  const rows: string[] = Array(28).fill("#").concat(Array(28).fill(""));
  rows[55] = " ".repeat(56);
  const image = imageFromText(rows);
  // one column in two of the first new column, in the upper half
  assertAlmostEquals(at(image, 0, 0, 0, 0), 0.5, 1e-6);
  assertEquals(at(image, 0, 20, 0, 0), 0);
  assertEquals(at(image, 0, 0, 1, 0), 0);
});

Deno.test("imageFromText() refuses what is no drawing", () => {
  assertThrows(
    () => imageFromText("##" as unknown as string[]),
    TypeError,
    "list of texts as rows",
  );
  assertThrows(() => imageFromText([]), RangeError, "no sign");
  assertThrows(() => imageFromText(["", ""]), RangeError, "no sign");
});
