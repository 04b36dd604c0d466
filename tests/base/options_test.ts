import { assertEquals, assertThrows } from "@std/assert";
import {
  checkFlag,
  checkSeed,
  checkSeedOrStream,
  checkWord,
  settle,
  shown,
} from "../../lib/base/options.ts";
import { random } from "cnn";

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
  const others = [new Map([["size", 3]]), new Date(0), new Float32Array(1)];
  for (const options of [null, 3, "same", [1], ...others]) {
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

Deno.test("checkFlag() takes true and false alone", () => {
  checkFlag("vgg", "batchNorm", false);
  for (const value of [0, 1, "no", null, undefined]) {
    assertThrows(
      () => checkFlag("vgg", "batchNorm", value),
      TypeError,
      `vgg() expects batchNorm true or false but found ${shown(value)}: write`,
    );
  }
});

Deno.test("checkSeed() takes whole numbers, checkSeedOrStream() streams as well", () => {
  checkSeed("fit", -3);
  checkSeedOrStream("fit", random(1));
  for (const value of [null, undefined, 1.5, NaN, "1", {}]) {
    for (const check of [checkSeed, checkSeedOrStream]) {
      assertThrows(
        () => check("fit", value as number),
        RangeError,
        `fit() expects a whole number as the seed but found ${shown(value)}: `,
      );
    }
  }
});

Deno.test("shown() keeps a message short and tells kinds apart", () => {
  assertEquals(shown([1, "a", [null]]), '[1, "a", [null]]');
  assertEquals(
    shown(Array.from({ length: 784 }, (_, i) => i)),
    "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ... (784 in all)]",
  );
  assertEquals(shown(1n), "1n");
  assertEquals(shown(new Uint8Array(3)), "Uint8Array");
});
