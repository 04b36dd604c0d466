import { assertEquals, assertThrows } from "@std/assert";
import { checkWord, settle } from "../lib/options.ts";

interface Window {
  size: number;
  stride?: number;
  padding?: "same" | "valid";
  bias?: number[];
}

function settled(options?: Window) {
  return settle("place", options, {
    size: undefined,
    stride: 1,
    padding: "valid",
    bias: undefined,
  });
}

Deno.test("settle() keeps what is given and fills in the rest", () => {
  const { size, stride, padding, bias } = settled({ size: 3, stride: 2 });
  const typed: number = stride; // a default takes undefined out of the type
  assertEquals([size, typed, padding, bias], [3, 2, "valid", undefined]);
});

Deno.test("settle() takes undefined as not given", () => {
  assertEquals(settled({ size: 3, stride: undefined }).stride, 1);
  assertEquals(settled(undefined).padding, "valid");
});

Deno.test("settle() names the accepted options where one is misspelt", () => {
  assertThrows(
    () => settled({ size: 3, strides: 2 } as Window),
    TypeError,
    'place() expects only the options size, stride, padding, bias but found "strides": check the spelling',
  );
});

Deno.test("settle() refuses what is no object of options", () => {
  for (const options of [null, 3, "same", [1]]) {
    assertThrows(
      () => settled(options as unknown as Window),
      TypeError,
      "place() expects an object of options but found",
    );
  }
});

Deno.test("settle()'s defaults name each option and no other, or the types do not fit", () => {
  // @ts-expect-error the default of bias is missing
  settle("place", {} as Window, { size: 1, stride: 1, padding: "valid" });
  settle("place", {} as Window, {
    size: 1,
    stride: 1,
    padding: "valid",
    bias: undefined,
    // @ts-expect-error Window has no option of this name
    strides: 1,
  });
});

Deno.test("checkWord() names the accepted words", () => {
  checkWord("lenet", "pool", "max", ["max", "avg"]);
  assertThrows(
    () => checkWord("lenet", "pool", "avgg", ["max", "avg"]),
    TypeError,
    'lenet() expects the pool "max" or "avg" but found "avgg": check the spelling',
  );
});
