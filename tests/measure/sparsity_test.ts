import { assertEquals, assertThrows } from "@std/assert";
import { tensor, zeros } from "../../lib/base/tensor.ts";
import { sparsity } from "../../lib/mod.ts";

Deno.test("sparsity() counts zeros and dead channels of maps", () => {
  // one image of 2 x 1 pixels and 3 channels
  const output = tensor([1, 0, 0, 0, 0, 5], [1, 2, 1, 3]);
  assertEquals(sparsity(output), { zeros: 4 / 6, dead: [1] });
  assertEquals(sparsity(zeros([2, 2])).dead, [0, 1]);
});

Deno.test("sparsity() does not pass on NaN", () => {
  assertThrows(
    () => sparsity(tensor([0, NaN])),
    RangeError,
    "found NaN at place 1",
  );
  assertThrows(() => sparsity(zeros([0, 3])), RangeError, "found none");
});
