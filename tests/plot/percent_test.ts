import { assertEquals, assertThrows } from "@std/assert";
import { percent, points } from "cnn";

Deno.test("percent() writes a share and its interval", () => {
  assertEquals(percent(0.5, 0), "50 %");
  assertEquals(percent(-0.0001), "0.0 %"); // no minus without a number
  assertEquals(percent(-0.003), "−0.3 %"); // the sign that other numbers have
  assertEquals(
    percent({ mean: 0, low: -0.01, high: 0.01 }),
    "0.0 % (−1.0 to 1.0)",
  );
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

Deno.test("points() writes a difference with a real minus, and refuses NaN", () => {
  assertEquals(points(-0.0031), "−0.3 points");
  assertEquals(points(-0.0001), "0.0 points");
  assertEquals(points(0.125, 2), "12.50 points");
  assertThrows(() => points(NaN), RangeError, "points() expects a finite");
});
