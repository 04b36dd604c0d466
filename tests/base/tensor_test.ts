import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  cast,
  gather,
  reshape,
  slice,
  tensor,
  toNested,
  zeros,
  zerosLike,
} from "cnn";

// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

Deno.test("tensor() takes nested arrays, flat values with a shape, and a number", () => {
  assertEquals(tensor([[[1, 2]], [[3, 4]]]).shape, [2, 1, 2]);
  assertEquals(tensor([1, 2, 3, 4], [2, 2]).shape, [2, 2]);
  assertEquals(tensor(5).shape, []);
  assertEquals(tensor([]).shape, [0]);
});

Deno.test("tensor() is float32 unless told, and keeps a typed array as it is", () => {
  assert(tensor([1]).data instanceof Float32Array);
  const data = new Float64Array([1, 2]);
  assert(tensor(data, [2, 1]).data === data);
  assert(tensor([1], [1], { dtype: "float64" }).data instanceof Float64Array);
});

Deno.test("toNested() gives back what tensor() got", () => {
  const values = [[[1, 2, 3]], [[4, 5, 6]]];
  assertEquals(toNested(tensor(values)), values);
});

Deno.test("slice() and gather() copy rows", () => {
  const x = tensor([[1, 2], [3, 4], [5, 6]]);
  const rows = slice(x, 1, 3);
  rows.data[0] = 99;
  assertEquals(toNested(x), [[1, 2], [3, 4], [5, 6]]);
  assertEquals(toNested(gather(x, [2, 0, 2])), [[5, 6], [1, 2], [5, 6]]);
  assertEquals(slice(x, 1, 1).shape, [0, 2]);
});

Deno.test("reshape() moves no number", () => {
  const x = tensor([1, 2, 3, 4]);
  assert(reshape(x, [2, 2]).data === x.data);
});

Deno.test("cast() changes the precision, zerosLike() keeps it", () => {
  const wide = cast(tensor([0.1]), "float64");
  assertEquals(wide.data[0], Math.fround(0.1));
  assert(zerosLike(wide).data instanceof Float64Array);
});

const ERRORS: Record<string, [() => unknown, ErrorConstructor, string]> = {
  "tensor() rows of unequal length": [
    () => tensor([[1, 2], [3]]),
    TypeError,
    "found [2] at values[0] and [1] at values[1]",
  ],
  "tensor() a text among the numbers": [
    () => tensor(wrong([1, "2"])),
    TypeError,
    'expects numbers at values[1] but found "2"',
  ],
  "tensor() bytes": [
    () => tensor(wrong(new Uint8Array(2))),
    TypeError,
    "found Uint8Array: pass nested arrays of numbers, or a Float32Array",
  ],
  "tensor() too few values": [
    () => tensor([1, 2, 3], [2, 2]),
    TypeError,
    "expects 4 values for the shape [2, 2] but found 3",
  ],
  "tensor() a number as the shape": [
    () => tensor([1, 2], wrong(2)),
    TypeError,
    "tensor() expects a shape but found 2: write the shape as [2, 3]",
  ],
  "tensor() a misspelt option": [
    () => tensor([1], [1], wrong({ type: "float64" })),
    TypeError,
    'expects only the options dtype but found "type"',
  ],
  "tensor() another dtype": [
    () => tensor([1], [1], { dtype: wrong("int32") }),
    TypeError,
    'expects the dtype "float32" or "float64" but found "int32"',
  ],
  "zeros() half a pixel": [
    () => zeros([2.5]),
    RangeError,
    "zeros() expects axis lengths that are whole numbers of 0 or more but found [2.5]",
  ],
  "zeros() a negative length": [() => zeros([-1]), RangeError, "found [-1]"],
  "reshape() two negative lengths": [
    () => reshape(tensor([1, 2, 3, 4]), [-2, -2]),
    RangeError,
    "reshape() expects axis lengths",
  ],
  "reshape() another number of values": [
    () => reshape(tensor([1, 2]), [3]),
    TypeError,
    "expects a shape of 2 values for an input [2] but found [3] with 3",
  ],
  "reshape() no tensor": [
    () => reshape(wrong([1, 2]), [2]),
    TypeError,
    "reshape() expects a tensor but found [1, 2]: make one with tensor(values)",
  ],
  "slice() between two rows": [
    () => slice(tensor([1, 2, 3]), 0.5, 2),
    RangeError,
    "expects whole numbers 0 <= start <= end <= 3 but found start 0.5 and end 2",
  ],
  "slice() no end": [
    () => slice(tensor([1, 2, 3]), 1, wrong(undefined)),
    RangeError,
    "found start 1 and end undefined",
  ],
  "gather() beyond the last row": [
    () => gather(tensor([1, 2, 3]), [0, 3]),
    RangeError,
    "expects whole indices from 0 to 2 but found 3 at place 1",
  ],
  "cast() no dtype": [
    () => cast(tensor([1]), wrong("half")),
    TypeError,
    'cast() expects the dtype "float32" or "float64" but found "half"',
  ],
};

for (const [name, [call, type, message]] of Object.entries(ERRORS)) {
  Deno.test(`${name}: a clear error`, () => {
    assertThrows(call, type, message);
  });
}

Deno.test("tensor() writes no shape down for each row of values that fit", () => {
  const rows = Array.from({ length: 100 }, () => Array(100).fill(0.5));
  const { join } = Array.prototype;
  let texts = 0;
  try {
    Array.prototype.join = function (separator) {
      texts++;
      return join.call(this, separator);
    };
    tensor(rows);
  } finally {
    Array.prototype.join = join;
  }
  assert(texts < 10, `${texts} texts for 100 rows`);
});

Deno.test("tensor() says where deeply nested values do not fit", () => {
  const deep = [[[1, 2], [3, 4]], [[5, 6], [7]]];
  assertThrows(
    () => tensor(deep),
    TypeError,
    "tensor() expects rows of one shape but found [2] at values[1][0] and [1] at values[1][1]: make every row the same length",
  );
  assertThrows(
    () => tensor([[], [1]]),
    TypeError,
    "but found [0] at values[0] and [1] at values[1]",
  );
  assertThrows(
    () => tensor([[1, [2]]] as number[][]),
    TypeError,
    "but found [] at values[0][0] and [1] at values[0][1]",
  );
});
