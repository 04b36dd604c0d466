import { assertEquals, assertThrows } from "@std/assert";
import { percent } from "cnn";

Deno.test("percent() writes a share and its interval", () => {
  assertEquals(percent(0.5, 0), "50 %");
  assertEquals(percent(-0.0001), "0.0 %"); // no minus without a number
  assertEquals(
    percent({ mean: 0.9, low: 0.8, high: 1 }),
    "90.0 % (80.0 to 100.0)",
  );
});

Deno.test("percent() refuses what is no finite number", () => {
  assertThrows(() => percent(NaN), RangeError, "found NaN");
  assertThrows(
    () => percent({ mean: 0.9, low: -Infinity, high: 1 }),
    RangeError,
    "found -Infinity",
  );
});
