import { assertEquals, assertThrows } from "@std/assert";
import { fuzzOptions } from "../../../tools/fuzz.ts";
import { SetupError } from "../../../tools/process.ts";

Deno.test("deno task fuzz reads its options, written either way", () => {
  assertEquals(fuzzOptions([]), { seed: 1, count: 1000, help: false });
  assertEquals(fuzzOptions(["--seed", "7", "--count=3"]), {
    seed: 7,
    count: 3,
    help: false,
  });
});

for (
  const [args, message] of [
    [["--sead=7"], "Unknown option '--sead'"],
    [["7"], "Unexpected argument '7'"],
    [["--seed=a"], '--seed expects a whole number of 0 or more but found "a"'],
    [
      ["--count=0"],
      '--count expects a whole number of 1 or more but found "0"',
    ],
    [["--count="], '--count expects a whole number of 1 or more but found ""'],
  ] as const
) {
  Deno.test(`deno task fuzz refuses ${args}`, () => {
    assertThrows(() => fuzzOptions(args), SetupError, message);
  });
}
