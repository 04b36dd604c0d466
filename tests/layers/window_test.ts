import { assert, assertEquals, assertThrows } from "@std/assert";
import { outputLength, paddingAmounts } from "cnn";

Deno.test("outputLength() gives the sizes of known networks", () => {
  const valid = { padding: "valid" as const };
  assertEquals(outputLength(28, { size: 5, stride: 1, ...valid }), 24);
  assertEquals(outputLength(227, { size: 11, stride: 4, ...valid }), 55); // AlexNet
  assertEquals(outputLength(224, { size: 7, stride: 2, padding: "same" }), 112);
  assertEquals(outputLength(7, { size: 3, dilation: 2 }), 3);
});

Deno.test("outputLength() counts the places found by walking", () => {
  for (let length = 1; length <= 12; length++) {
    for (let size = 1; size <= 5; size++) {
      for (let stride = 1; stride <= 4; stride++) {
        for (let dilation = 1; dilation <= 2; dilation++) {
          for (const padding of ["same", "valid"] as const) {
            const span = (size - 1) * dilation + 1;
            if (padding === "valid" && span > length) continue;
            const options = { size, stride, dilation, padding };
            const { before, after } = paddingAmounts(length, options);
            let places = 0;
            for (let i = 0; i + span <= length + before + after; i += stride) {
              places++;
            }
            assertEquals(outputLength(length, options), places);
            if (padding === "same") {
              assertEquals(places, Math.ceil(length / stride));
              assert(after === before || after === before + 1);
            } else assertEquals(before + after, 0);
          }
        }
      }
    }
  }
});

Deno.test("outputLength() rejects what cannot slide", () => {
  const cases: [() => unknown, ErrorConstructor, string][] = [
    [() => outputLength(3, { size: 5 }), RangeError, "one that spans 5"],
    [() => outputLength(0, { size: 1 }), RangeError, "found 0"],
    [() => outputLength(5, { size: 2.5 }), RangeError, "found 2.5"],
    [() => outputLength(5, { size: 2, stride: 0 }), RangeError, "stride of 1"],
    [() => outputLength(5, { size: 2, dilation: -1 }), RangeError, "found -1"],
    [() => outputLength(NaN, { size: 2 }), RangeError, "found NaN"],
    [
      () => paddingAmounts(5, { size: 2, padding: "SAME" as "same" }),
      TypeError,
      'paddingAmounts() expects padding "same" or "valid" but found "SAME"',
    ],
    [
      () => outputLength(5, { size: 2, strides: 2 } as { size: number }),
      TypeError,
      'found "strides"',
    ],
  ];
  for (const [run, kind, text] of cases) assertThrows(run, kind, text);
});
